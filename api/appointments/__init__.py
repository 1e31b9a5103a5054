"""Appointments: who holds which post, and the posts that nobody holds."""
