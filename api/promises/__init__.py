"""Promises: what applicants still have to keep, and by when."""
