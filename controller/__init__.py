"""The controllers and the closed loop."""
