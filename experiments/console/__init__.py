"""Options, help, progress bars and results on the terminal."""
