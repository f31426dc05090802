"""Perception: from pictures of a camera to a target."""
