"""What was done to a stage case, in order."""
