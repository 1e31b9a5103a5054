"""Lists and single rows to show: each one indexed query, held to what the actor may see."""
