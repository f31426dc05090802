"""Moraitis et al. 2022: SoftHebb."""
