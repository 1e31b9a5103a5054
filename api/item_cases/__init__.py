"""Item cases: one item handled for one stage case."""
