"""Tasks: what waits for people, and what they did."""
