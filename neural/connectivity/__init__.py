"""Connectivity that spikes are propagated through: generated at each spike, or stored."""
