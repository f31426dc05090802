"""Faults of sensors and controllers, and how fast they stop the arm."""
