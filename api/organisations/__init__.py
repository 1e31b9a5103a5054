"""Organisations: government bodies, departments, windows and the units that apply."""
