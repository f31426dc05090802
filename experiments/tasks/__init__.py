"""Tasks: reaches, episodes, and many of them at once."""
