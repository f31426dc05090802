"""Training of an eye behind first kernels that were learned without labels."""
