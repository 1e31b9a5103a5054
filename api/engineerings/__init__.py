"""Engineerings."""
