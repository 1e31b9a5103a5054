"""Limits that run, and why they are due when they are."""
