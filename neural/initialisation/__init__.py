"""Initial weights of spiking neurons, from the fluctuations of their membranes."""
