"""Turner et al. 2022: connectivity that is generated, not stored."""
