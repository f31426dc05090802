"""Running networks: backends, their counts, and the values that they exchange with the host."""
