"""Reminders (催办) and their answers."""
