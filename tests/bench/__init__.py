"""Measurements: ``./bl bench`` prints a table and writes ``build/bench.json``."""
