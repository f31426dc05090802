"""Spiking layers that are trained through their spikes, with surrogate gradients."""
