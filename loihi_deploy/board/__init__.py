"""A Loihi board, as a backend."""
