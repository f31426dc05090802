"""Accuracy of sight in scenes that are watched, without a controller."""
