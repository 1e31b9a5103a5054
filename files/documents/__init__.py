"""Documents: the papers that the platform issues, numbered without a gap and set once."""
