"""Networks that learn, beside a controller, what it was not told."""
