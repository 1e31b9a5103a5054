"""Files and documents: content kept once under its digest, and the papers that the platform issues."""
