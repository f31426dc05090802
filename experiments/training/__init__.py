"""The training of a controller, step by step."""
