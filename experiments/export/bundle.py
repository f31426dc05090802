"""Bundle: the chip's integers, the host interface and part of a reach, in one file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from spikearm.controller.weights.scaling import Scaling
from spikearm.experiments.export.chip_arrays import Axons, Blocks, Compartments, Rows, Synapses
from spikearm.experiments.export.host_interface import ExcessRule, InputCoding, OutputDecoding
from spikearm.experiments.export.recorded_reach import RecordedReach
from spikearm.neural.files.array_file import (
    check_names,
    read_versioned,
    understood,
    write_versioned,
)
from spikearm.neural.files.typed_json import parse_json

VERSION = 3
ABOUT, STEP = "about", "dt"
KIND = "bundle"
REMEDY = "Name a file that `spikearm export --to bundle` wrote."
PARTS = {
    "blocks": Blocks,
    "compartments": Compartments,
    "synapses": Synapses,
    "rows": Rows,
    "axons": Axons,
    "scaling": Scaling,
    "inputs": InputCoding,
    "excess": ExcessRule,
    "outputs": OutputDecoding,
    "run": RecordedReach,
}


@dataclass(frozen=True)
class Bundle:
    """Controller at stage ``loihi``, for programs that rebuild and check it.

    ``docs/export.md`` describes every array, ``docs/replay_bundle.py`` computes with them.

    Attributes:
        about: Arm, joints, versions and origin.
        dt: Length of a step [s].
        blocks: Blocks, each on a core.
        compartments: Constants of all compartments.
        synapses: Groups of weights.
        rows: Weights.
        axons: Connections from neurons to weights.
        scaling: Scaling of state and command to the inputs.
        inputs: Coding of inputs as spikes.
        excess: Rule by which the host takes an excess from commands.
        outputs: Decoding of spikes to torques.
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
    excess: ExcessRule
    outputs: OutputDecoding
    run: RecordedReach

    def arrays(self) -> dict[str, Any]:
        """List the arrays of all parts, as ``part.array``."""
        parts = {name: getattr(self, name) for name in PARTS}
        return {
            f"{name}.{field.name}": getattr(part, field.name)
            for name, part in parts.items()
            for field in fields(part)
        }

    def save(self, file: BinaryIO) -> None:
        """Write all arrays into one compressed file."""
        whole: dict[str, Any] = {
            ABOUT: np.array(json.dumps(dict(self.about))),
            STEP: np.array(self.dt),
        }
        write_versioned(file, whole | self.arrays(), VERSION)

    @classmethod
    def load(cls, path: Path) -> "Bundle":
        """Read a bundle that :meth:`save` wrote.

        Raises:
            SpikearmError: There is no such file, or it is no bundle of this version.
        """
        arrays = read_versioned(path, KIND, REMEDY, VERSION)
        with understood(path, KIND, REMEDY):
            return _assemble(arrays)


def _assemble(arrays: Mapping[str, np.ndarray]) -> Bundle:
    """Build a bundle from the arrays of a file.

    Raises:
        ValueError: One is missing.
    """
    needed = {f"{name}.{field.name}" for name, part in PARTS.items() for field in fields(part)}
    check_names(arrays, {ABOUT, STEP, *needed})
    parts = {
        name: part(
            **{field.name: _frozen(arrays[f"{name}.{field.name}"]) for field in fields(part)}
        )
        for name, part in PARTS.items()
    }
    about = parse_json(str(arrays[ABOUT]), dict[str, Any], ABOUT)
    return Bundle(about=about, dt=float(arrays[STEP]), **parts)


def _frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
