"""Pictures and films of what is seen."""
