"""Stage cases: one engineering in one stage."""
