"""A controller in one file: what runs on the chip and at its border, and a run to check it by."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from arm_models import SpikearmError
from controller.port import Scaling
from loihi_deploy.border import InputCoding, OutputDecoding
from loihi_deploy.chip_image import Axons, Blocks, Compartments, Rows, Synapses
from loihi_deploy.reference_run import ReferenceRun

VERSION = 1
ABOUT, FORMAT_VERSION, STEP = "about", "format_version", "dt"
PARTS = {
    "blocks": Blocks,
    "compartments": Compartments,
    "synapses": Synapses,
    "rows": Rows,
    "axons": Axons,
    "scaling": Scaling,
    "inputs": InputCoding,
    "outputs": OutputDecoding,
    "run": ReferenceRun,
}
NO_BUNDLE = (AttributeError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile,
             zlib.error)  # fmt: skip


@dataclass(frozen=True)
class Bundle:
    """Everything that it takes to rebuild the stage ``loihi`` elsewhere, and to check it.

    ``docs/export.md`` describes every array, ``docs/replay_bundle.py`` computes with them.

    Attributes:
        about: Arm, joints, versions and where it came from.
        dt: Length of a step [s].
        blocks: What a core holds.
        compartments: Constants of all compartments.
        synapses: Groups of weights.
        rows: The weights.
        axons: Which neuron reaches which weights.
        scaling: From what is sensed and commanded to the inputs.
        inputs: From the inputs to spikes.
        outputs: From spikes to torques.
        run: Part of a reach, step by step.
    """

    about: Mapping[str, Any]
    dt: float
    blocks: Blocks
    compartments: Compartments
    synapses: Synapses
    rows: Rows
    axons: Axons
    scaling: Scaling
    inputs: InputCoding
    outputs: OutputDecoding
    run: ReferenceRun

    def arrays(self) -> dict[str, Any]:
        """List the arrays of all parts, as ``part.array``."""
        parts = {name: getattr(self, name) for name in PARTS}
        return {
            f"{name}.{field.name}": getattr(part, field.name)
            for name, part in parts.items()
            for field in fields(part)
        }

    def save(self, file: BinaryIO) -> None:
        """Write everything into one compressed file."""
        whole: dict[str, Any] = {
            ABOUT: np.array(json.dumps(dict(self.about))),
            FORMAT_VERSION: np.array(VERSION),
            STEP: np.array(self.dt),
        }
        np.savez_compressed(file, **(whole | self.arrays()))

    @classmethod
    def load(cls, path: Path) -> "Bundle":
        """Read what :meth:`save` wrote.

        Raises:
            SpikearmError: There is no such file, it is something else, or of another version.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                _check_version(path, int(arrays[FORMAT_VERSION]))
                return _assemble({name: arrays[name] for name in arrays.files})
        except OSError as error:
            raise SpikearmError(f"Cannot read '{path}': {error.strerror or error}.") from error
        except NO_BUNDLE as error:
            raise SpikearmError(
                f"'{path}' is no bundle: {error}. Name a file that `spikearm export --to bundle` "
                "wrote."
            ) from error


def _check_version(path: Path, version: int) -> None:
    if version != VERSION:
        raise SpikearmError(
            f"'{path}' is a bundle of version {version}, but this program reads version "
            f"{VERSION}. Export it again, or use the program that wrote it."
        )


def _assemble(arrays: Mapping[str, np.ndarray]) -> Bundle:
    """Put the arrays of a file together.

    Raises:
        KeyError: One is missing.
    """
    parts = {
        name: part(
            **{field.name: _frozen(arrays[f"{name}.{field.name}"]) for field in fields(part)}
        )
        for name, part in PARTS.items()
    }
    return Bundle(about=json.loads(str(arrays[ABOUT])), dt=float(arrays[STEP]), **parts)


def _frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
