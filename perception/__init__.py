"""What is seen: from what a camera delivers to a target."""
