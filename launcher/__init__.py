"""The one command: private servers, set-up, supervision. Imports the platform's rooms, is imported by none."""
