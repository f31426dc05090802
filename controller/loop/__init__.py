"""The closed loop, and what watches, times and records it."""
