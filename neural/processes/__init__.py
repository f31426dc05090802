"""Work in parallel processes, and what ends it."""
