"""Eyes that ship."""

from pathlib import Path

from spikearm.arm_models import SpikearmError
from spikearm.perception.eye.eye_weights import EyeWeights

FOLDER = Path(__file__).parents[1] / "shipped"


def shipped_eye(arm: str) -> EyeWeights:
    """Load the weights of the eye that ships for an arm.

    Raises:
        SpikearmError: None ships for it.
    """
    path = FOLDER / f"{arm}_eye.npz"
    if not path.exists():
        raise SpikearmError(
            f"No eye ships for arm '{arm}'. Train one with `spikearm train-eye`, and name its file."
        )
    return EyeWeights.load(path)
