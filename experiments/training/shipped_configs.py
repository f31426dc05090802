"""Configurations of the trainings whose controllers ship with the package."""

from spikearm.controller.training.samples import Spread
from spikearm.experiments.training.training_config import TrainingConfig

SHIPPED_CONFIGS = {
    # Its motions need less room, and with less its held-out error is smaller by a twelfth.
    "gen3": TrainingConfig(recordings=24000, spread=Spread(posture=0.15), edge=0.1, room=1.05),
}
"""Configurations by arm, where they differ from the default."""
