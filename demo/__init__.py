"""The demonstration: its region and people, and the stories they play over HTTP."""
