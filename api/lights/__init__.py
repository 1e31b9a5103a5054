"""Lights: how near every limit is to its due."""
