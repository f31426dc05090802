"""Trained controllers: files, and those that ship with the package."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, get_args

import msgspec
import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.shipped_folder import shipped_file, shipped_name, shipped_names
from spikearm.neural.files.array_file import (
    check_names,
    read_versioned,
    understood,
    write_versioned,
)
from spikearm.neural.files.typed_json import Vector, parse_json

ABOUT = "about"
VERSION = 2
KIND = "trained controller"
REMEDY = "Name the controller.npz that `spikearm train` made."


class About(msgspec.Struct):
    """Entries that every trained controller says about itself, and their types.

    Attributes:
        joints: Names of the joints.
        workspace: Region of the hand.
        gravity: Gravity that it was trained for [m/s^2].
    """

    joints: list[str]
    workspace: Workspace
    gravity: Vector | None = None


@dataclass(frozen=True)
class TrainedController:
    """Weights, and the task that they were trained for.

    Attributes:
        weights: Weights of the network.
        workspace: Region of the hand that they were trained for.
        about: Arm, training configuration, seed, versions and measured errors.
    """

    weights: NetworkWeights
    workspace: Workspace
    about: Mapping[str, Any]

    @property
    def knows_gravity(self) -> bool:
        """True if trained with gravity, as controllers without an entry ``gravity`` were."""
        gravity = self.about.get("gravity")
        return gravity is None or bool(np.any(gravity))

    def save(self, file: BinaryIO) -> None:
        """Write everything into one compressed file, numbers in single precision."""
        about = {"workspace": asdict(self.workspace), **self.about}
        arrays: dict[str, Any] = {
            name: np.asarray(array, dtype=np.float32)
            for name, array in self.weights.arrays().items()
        }
        arrays[ABOUT] = np.array(json.dumps(about))
        write_versioned(file, arrays, VERSION)

    @classmethod
    def load(cls, path: Path) -> "TrainedController":
        """Read a file of :meth:`save`.

        Raises:
            SpikearmError: There is no such file, it is something else, or of another version.
        """
        arrays = read_versioned(path, KIND, REMEDY, VERSION)
        with understood(path, KIND, REMEDY):
            check_names(arrays, {ABOUT, *(f"readout.{stage}" for stage in get_args(NeuralStage))})
            about = parse_json(str(arrays.pop(ABOUT)), About, ABOUT)
            workspace = Workspace(**about.pop("workspace"))
            numbers = {name: array.astype(float) for name, array in arrays.items()}
            return cls(NetworkWeights.from_arrays(numbers), workspace, about)


def shipped(arm: str, knows_gravity: bool = True, between: bool = False) -> TrainedController:
    """Load the controller that ships for an arm.

    Args:
        arm: Name of the arm.
        knows_gravity: True for the controller that compensates gravity, False for the one that
            leaves gravity to adaptation.
        between: True for the controller of motions from pose to pose across the workspace, False
            for the one of reaches from home and back.

    Raises:
        SpikearmError: There is none.
    """
    name = shipped_name(arm, knows_gravity, between)
    if name not in shipped_names():
        kind = "" if knows_gravity else " without gravity"
        raise SpikearmError(
            f"No trained controller ships for '{name}' (there are: {', '.join(shipped_names())}). "
            f"Train one{kind} with `spikearm train` and use the controller.npz that it writes."
        )
    return TrainedController.load(shipped_file(name))
