"""A Loihi board."""
