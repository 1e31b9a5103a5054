"""API tokens of other systems."""
