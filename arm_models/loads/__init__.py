"""Loads on a plant: payload, joint friction, force at the hand."""
