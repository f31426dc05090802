"""Exchange of spikes, errors and outputs between host and chip, in every mode."""
