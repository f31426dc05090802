"""Energy: prices, accounts and meters."""
