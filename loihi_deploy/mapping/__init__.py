"""Mapping of blocks to cores, and the spikes between cores."""
