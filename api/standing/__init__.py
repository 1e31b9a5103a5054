"""Where a case stands: progress, and why it waits."""
