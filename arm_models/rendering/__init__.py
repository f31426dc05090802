"""Pictures of an arm: camera, window, display."""
