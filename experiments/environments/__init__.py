"""Environments of Gymnasium; importing this room registers them, as installing the package does."""

from spikearm.experiments.environments.registration import register_environments

register_environments()
