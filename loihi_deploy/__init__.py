"""The chip: from a network to discretised blocks, cores, spikes and energy."""
