"""An arm that a person plays with, in a window."""
