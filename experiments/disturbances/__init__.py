"""What makes it hard for a controller: each is small, and they compose."""
