"""Releases: the versions of a region pack, with their diagrams and forms."""
