"""A small real platform whose processes are killed while people work, and what must be true afterwards."""
