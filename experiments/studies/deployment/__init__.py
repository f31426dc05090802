"""Deployment of a controller: checked against the limits of the chip on a reach."""
