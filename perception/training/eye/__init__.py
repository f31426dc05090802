"""Training of an eye: spiking convolutions behind first kernels that were learned without labels."""
