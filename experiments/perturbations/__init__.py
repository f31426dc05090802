"""What a controller was not told of, or is disturbed by."""
