"""Users, their posts and their passwords."""
