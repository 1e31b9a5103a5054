"""Files: uploads, what they serve, their content."""
