"""Sights by name: what finds targets, and what it is compared with."""
