"""Machine code of the chip: compartments, delivery, learning, noise."""
