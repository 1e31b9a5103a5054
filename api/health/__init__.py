"""Is the process alive, and is the whole platform ready to work."""
