"""Control laws without neurons, and the command that all controllers share."""
