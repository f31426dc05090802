"""Reports, pictures and films of runs."""
