"""The control law in neurons."""
