"""Eyes that ship."""

from pathlib import Path

from spikearm.arm_models import Arm, SpikearmError
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


def load_eye(arm: Arm, path: Path | None) -> EyeWeights:
    """Load the weights of an eye from a file, or those that ship for an arm.

    Raises:
        SpikearmError: The file holds something else, or none ships for the arm.
    """
    return shipped_eye(arm.name) if path is None else EyeWeights.load(path)
