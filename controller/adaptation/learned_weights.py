"""Learned weights of an adaptive network, as a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from spikearm.neural.files.array_file import check_names, read_arrays, understood
from spikearm.neural.files.typed_json import parse_json

ABOUT, WEIGHTS = "about", "weights"
KIND = "file of learned weights"
REMEDY = "Name a file of learned weights."


@dataclass(frozen=True)
class LearnedWeights:
    """Learned weights, and the network that they belong to.

    A file is a compressed npz archive: ``about``, a text of JSON, and ``weights-0``, ``weights-1``
    and so on, the weights of each ensemble as the backend has them: integers of shape
    (n_neurons, 2 n_joints), a joint's negative before its positive, on a chip, and decoders of
    shape (n_joints, n_neurons) in floating point.

    Attributes:
        weights: Weights of each ensemble.
        about: Joints, neurons and units of the network, which is the only one that they fit.
    """

    weights: tuple[np.ndarray, ...]
    about: Mapping[str, Any]

    def save(self, file: BinaryIO) -> None:
        """Write everything into one compressed file."""
        arrays: dict[str, Any] = {
            f"{WEIGHTS}-{number}": array for number, array in enumerate(self.weights)
        }
        np.savez_compressed(file, **arrays, about=np.array(json.dumps(self.about)))

    @classmethod
    def load(cls, path: Path) -> "LearnedWeights":
        """Read a file of :meth:`save`.

        Raises:
            SpikearmError: There is no such file, or it is something else.
        """
        with understood(path, KIND, REMEDY):
            arrays = read_arrays(path)
            check_names(arrays, {ABOUT})
            about = parse_json(str(arrays.pop(ABOUT)), dict[str, Any], ABOUT)
            check_names(arrays, {f"{WEIGHTS}-{number}" for number in range(len(arrays))})
            weights = tuple(arrays[f"{WEIGHTS}-{number}"] for number in range(len(arrays)))
            return cls(weights, about)
