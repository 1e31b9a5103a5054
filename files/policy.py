"""Limits on what is uploaded."""

LARGEST_FILE = 200 * 1024**2
