"""A controller against the limits of the chip."""
