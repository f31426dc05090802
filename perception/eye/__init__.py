"""Eye: a network of spiking convolutions that finds the target and the hand in events."""
