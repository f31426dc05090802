"""Checkpoints of steps of a training that take long: files that stay until the step is done."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.neural.files.array_file import check_names, read_arrays, understood

T = TypeVar("T")
REMEDY = "Delete it, and the same command makes it again."
LENGTHS = "lengths"


class Parts(Generic[T]):
    """Files of results in their order, several in a file.

    Args:
        folder: Folder of the training.
        name: Name of the step.
        kind: Class of the results: named arrays, of which each has a row per sample.
        per_file: Number of results in a file.
    """

    def __init__(self, folder: Path, name: str, kind: Callable[..., T], per_file: int) -> None:
        self._folder, self._name, self._kind = folder, name, kind
        self._per_file = per_file
        self._n_kept = 0

    def read(self) -> list[T]:
        """Read the results that were kept before.

        Raises:
            SpikearmError: A file is damaged, or something else.
        """
        results: list[T] = []
        while (path := self._path(len(results))).exists():
            with understood(path, "part of this training", REMEDY):
                arrays = read_arrays(path)
                check_names(arrays, {LENGTHS})
                ends = np.cumsum(arrays.pop(LENGTHS))[:-1]
                rows = {name: np.split(array, ends) for name, array in arrays.items()}
                results += [
                    self._kind(**dict(zip(rows, one, strict=True)))
                    for one in zip(*rows.values(), strict=True)
                ]
        self._n_kept = len(results)
        return results

    def keep(self, results: Sequence[T], rest: bool = False) -> None:
        """Write the results that are not kept yet, if they fill a file.

        Args:
            results: All results so far.
            rest: True to write even fewer than fill a file.

        Raises:
            SpikearmError: The disk fails.
        """
        fresh = [_arrays(one) for one in results[self._n_kept :]]
        if not fresh or (len(fresh) < self._per_file and not rest):
            return
        lengths = [len(next(iter(one.values()))) for one in fresh]
        joined = {name: np.concatenate([one[name] for one in fresh]) for name in fresh[0]}
        with atomic_file(self._path(self._n_kept)) as draft:
            save_arrays(draft, joined | {LENGTHS: np.array(lengths)})
        self._n_kept = len(results)

    def _path(self, number: int) -> Path:
        return _path(self._folder, self._name, number)


class Snapshot:
    """File of the last state of a step, numbered by how far it was.

    Args:
        folder: Folder of the training.
        name: Name of the step.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name

    def read(self, needed: set[str]) -> dict[str, np.ndarray] | None:
        """Read the last state; None if there is none.

        Args:
            needed: Names of arrays that it holds.

        Raises:
            SpikearmError: The file is damaged, or something else.
        """
        paths = _paths(self._folder, self._name)
        if not paths:
            return None
        with understood(paths[-1], "state of this training", REMEDY):
            arrays = read_arrays(paths[-1])
            check_names(arrays, needed)
        return arrays

    def replace(self, state: dict[str, np.ndarray], number: int) -> None:
        """Write a state in place of the one before.

        Raises:
            SpikearmError: The disk fails.
        """
        earlier = _paths(self._folder, self._name)
        with atomic_file(_path(self._folder, self._name, number)) as draft:
            save_arrays(draft, state)
        for path in earlier:
            path.unlink()


def save_arrays(path: Path, arrays: dict[str, Any]) -> None:
    """Write named arrays, as they are."""
    np.savez(path, **arrays)


def remove_checkpoints(folder: Path, name: str) -> None:
    """Remove the checkpoints of a step that is done."""
    for path in _paths(folder, name):
        path.unlink()


def _path(folder: Path, name: str, number: int) -> Path:
    return folder / f"{name}-{number:06d}.npz"


def _paths(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}-[0-9]*.npz"))


def _arrays(result: Any) -> dict[str, np.ndarray]:
    return result._asdict() if isinstance(result, tuple) else vars(result)
