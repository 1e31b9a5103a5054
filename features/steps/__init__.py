"""The step library: people who act over HTTP, and the sentences of the scenarios."""
