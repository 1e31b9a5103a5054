"""Administrative regions."""
