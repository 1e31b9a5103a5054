"""Documents: the papers that the platform issued."""
