"""Closed loop, with its guard, clock and recorder."""
