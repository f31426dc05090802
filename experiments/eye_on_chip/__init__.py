"""Eyes on the chip: in the network of a controller, or in one of their own."""
