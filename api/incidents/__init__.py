"""Incidents: commands that a diagram could not carry out."""
