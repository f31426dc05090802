"""Weights of the eye that sights need."""

from collections.abc import Sequence
from pathlib import Path

from spikearm.arm_models import Arm
from spikearm.experiments.seen.sight.sights import find_sight
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.shipped_eye import load_eye


def load_weights(sights: Sequence[str], arm: Arm, path: Path | None) -> EyeWeights | None:
    """Load the weights of an eye, if one of the sights needs them.

    Args:
        sights: Names of sights.
        arm: Arm that the eye is to see.
        path: File of the weights; those that ship when left out.

    Raises:
        SpikearmError: There are none for this arm, or the file is none.
    """
    if not any(find_sight(name).needs_weights for name in sights):
        return None
    return load_eye(arm, path)
