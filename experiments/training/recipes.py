"""Configurations of the trainings whose controllers ship with the package."""

from spikearm.controller.training.compression import CompressionConfig
from spikearm.experiments.tasks.reaching import ReachingName
from spikearm.experiments.training.training_config import TrainingConfig

RECIPES: dict[ReachingName, TrainingConfig] = {
    "centre-out": TrainingConfig(),
    # A longer code: across the workspace, the task map varies in more ways than about home.
    "workspace": TrainingConfig(products=3840, compression=CompressionConfig(n_latent=32)),
}
"""Configuration for each task, the same for every arm. None for `workspace` ships yet."""
