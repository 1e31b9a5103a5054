"""Evidence: streams of chained entries, seals over them, and the verification that names every tampering."""
