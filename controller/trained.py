"""Trained controllers: files, and those that ship with the package."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from arm_models import SpikearmError
from controller.network_weights import NetworkWeights
from controller.workspace import Workspace

SHIPPED_FOLDER = Path(__file__).parent / "shipped"
ABOUT = "about"
NO_CONTROLLER = (AttributeError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile,
                 zlib.error)  # fmt: skip


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

    def save(self, file: BinaryIO) -> None:
        """Write everything into one compressed file, numbers in single precision."""
        about = {"workspace": asdict(self.workspace), **self.about}
        arrays: dict[str, Any] = {
            name: np.asarray(array, dtype=np.float32)
            for name, array in self.weights.arrays().items()
        }
        arrays[ABOUT] = np.array(json.dumps(about))
        np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> "TrainedController":
        """Read what :meth:`save` wrote.

        Raises:
            SpikearmError: There is no such file, or it is something else.
        """
        try:
            # np.load leaves a file open that it cannot read.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                about = json.loads(str(arrays[ABOUT]))
                numbers = {
                    name: arrays[name].astype(float) for name in arrays.files if name != ABOUT
                }
            workspace = Workspace(**about.pop("workspace"))
            return cls(NetworkWeights.from_arrays(numbers), workspace, about)
        except FileNotFoundError as error:
            raise SpikearmError(
                f"There is no trained controller at '{path}'. Make one with `spikearm train`."
            ) from error
        except OSError as error:
            raise SpikearmError(f"Cannot read '{path}': {error.strerror or error}.") from error
        except NO_CONTROLLER as error:
            raise SpikearmError(
                f"'{path}' is no trained controller: {error}. Name the controller.npz that "
                "`spikearm train` made."
            ) from error


def shipped(arm: str) -> TrainedController:
    """Load the controller that ships for an arm.

    Raises:
        SpikearmError: None does.
    """
    path = SHIPPED_FOLDER / f"{arm}.npz"
    if not path.exists():
        there = ", ".join(sorted(one.stem for one in SHIPPED_FOLDER.glob("*.npz")))
        raise SpikearmError(
            f"No trained controller ships for '{arm}' (there are: {there}). Train one with "
            f"`spikearm train --arm {arm} --out FOLDER` and give --trained FOLDER/controller.npz."
        )
    return TrainedController.load(path)
