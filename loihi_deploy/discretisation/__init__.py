"""From a network to the chip's integers."""
