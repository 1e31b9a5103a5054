"""Red matters: notices that reach nobody, with what to do."""
