"""Networks that run: backends, their counts, and what the host exchanges with them."""
