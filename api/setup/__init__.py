"""The first administrator of a new platform."""
