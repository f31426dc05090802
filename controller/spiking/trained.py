"""Trained controllers: files, and those that ship with the package."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, get_args

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.spiking.weights import NetworkWeights, NeuralStage
from spikearm.neural.array_file import FORMAT_VERSION, check_names, read_versioned, understood

WEIGHTLESS = "-weightless"
"""What the name of an arm ends in whose controller was not told of gravity."""

SHIPPED_FOLDER = Path(__file__).parents[1] / "shipped"
ABOUT = "about"
VERSION = 1
KIND = "trained controller"
REMEDY = "Name the controller.npz that `spikearm train` made."


@dataclass(frozen=True)
class TrainedController:
    """Weights, and what they were trained for.

    Attributes:
        weights: All numbers of the network.
        workspace: Where they were trained to work.
        about: Arm, training configuration, seed, versions and what was measured.
    """

    weights: NetworkWeights
    workspace: Workspace
    about: Mapping[str, Any]

    @property
    def knows_gravity(self) -> bool:
        """Whether gravity was in what it was trained from; older files do not say, and had it."""
        gravity = self.about.get("gravity")
        return gravity is None or bool(np.any(gravity))

    def save(self, file: BinaryIO) -> None:
        """Write everything into one compressed file, numbers in single precision."""
        about = {"workspace": asdict(self.workspace), **self.about}
        arrays: dict[str, Any] = {
            name: np.asarray(array, dtype=np.float32)
            for name, array in self.weights.arrays().items()
        }
        arrays |= {ABOUT: np.array(json.dumps(about)), FORMAT_VERSION: np.array(VERSION)}
        np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> "TrainedController":
        """Read what :meth:`save` wrote.

        Raises:
            SpikearmError: There is no such file, it is something else, or of another version.
        """
        arrays = read_versioned(path, KIND, REMEDY, VERSION)
        with understood(path, KIND, REMEDY):
            check_names(arrays, {ABOUT, *(f"readout.{stage}" for stage in get_args(NeuralStage))})
            about = json.loads(str(arrays.pop(ABOUT)))
            check_names(about, {"joints", "workspace"})
            workspace = Workspace(**about.pop("workspace"))
            numbers = {name: array.astype(float) for name, array in arrays.items()}
            return cls(NetworkWeights.from_arrays(numbers), workspace, about)


def shipped(arm: str, knows_gravity: bool = True) -> TrainedController:
    """Load the controller that ships for an arm.

    Args:
        arm: Name of the arm.
        knows_gravity: Whether to load the one that bears the arm's weight, or the one that leaves
            it to be learned.

    Raises:
        SpikearmError: There is none.
    """
    name, option = (arm, "") if knows_gravity else (f"{arm}{WEIGHTLESS}", " --weightless")
    path = SHIPPED_FOLDER / f"{name}.npz"
    if not path.exists():
        there = ", ".join(sorted(one.stem for one in SHIPPED_FOLDER.glob("*.npz")))
        raise SpikearmError(
            f"No trained controller ships for '{name}' (there are: {there}). Train one with "
            f"`spikearm train --arm {arm}{option} --out FOLDER` and give "
            "--trained FOLDER/controller.npz."
        )
    return TrainedController.load(path)
