"""People: regions, organisations, users, the posts they hold, how they sign in, and what they may see and do."""
