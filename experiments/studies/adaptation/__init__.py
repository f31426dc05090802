"""Learning over trials."""
