"""Steps of a training, each of which leaves a file, and is not done again where that is there."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.training.checkpoints import REMEDY, Parts, remove_checkpoints
from spikearm.experiments.training.training_watcher import TrainingWatcher
from spikearm.neural.files.array_file import read_arrays, understood
from spikearm.neural.processes.parallel import parallel_map

T = TypeVar("T")


@dataclass(frozen=True)
class Steps:
    """Steps of a training in a folder.

    Attributes:
        folder: Folder of the files.
        seed: Seed of everything.
        watcher: Observer of the training.
        jobs: Number of processes; the number of cores when left out.
    """

    folder: Path
    seed: int
    watcher: TrainingWatcher
    jobs: int | None = None

    def rng(self, purpose: str, number: int) -> np.random.Generator:
        """Return the generator of a numbered piece of work."""
        return np.random.default_rng([self.seed, *purpose.encode(), number])

    def take(self, name: str, kind: Callable[..., T], make: Callable[[], T]) -> T:
        """Do a step whose file is not there, and return what the file holds.

        Args:
            name: Name of the file.
            kind: Class of the result: named arrays.
            make: Function that does the step.

        Raises:
            SpikearmError: The file is damaged, or something else.
        """
        path = self.folder / f"{name}.npz"
        if not path.exists():
            with atomic_file(path) as draft:
                np.savez_compressed(draft, **_arrays(make()))
        remove_checkpoints(self.folder, name)
        with understood(path, "step of this training", REMEDY):
            arrays = read_arrays(path)
            return kind(
                **{
                    name: array.astype(float) if array.dtype.kind == "f" else array
                    for name, array in arrays.items()
                }
            )

    def map(
        self, step: str, work: Callable[[int], T], n_items: int, parts: Parts[T],
        apart: bool = False,
    ) -> list[T]:  # fmt: skip
        """Do numbered pieces of work that are not done yet, and return all results.

        Args:
            step: Description of the step.
            work: Function of the number of a piece.
            n_items: Number of pieces.
            parts: Files of results.
            apart: True for work that this process must not do itself.
        """
        results = parts.read()
        n_done = len(results)
        self.watcher.begin(step, n_items - n_done)

        def numbered(offset: int) -> tuple[int, T]:
            return n_done + offset, work(n_done + offset)

        try:
            for number, result in parallel_map(numbered, n_items - n_done, self.jobs, apart=apart):
                if number == len(results):  # not so if work was ended, and one before it is missing
                    results.append(result)
                    parts.keep(results)
                    self.watcher.advance()
        finally:
            parts.keep(results, rest=True)
        return results


def _arrays(value: Any) -> dict[str, Any]:
    """Return a result's arrays, numbers in single precision."""
    arrays = {field.name: np.asarray(getattr(value, field.name)) for field in fields(value)}
    return {
        name: array.astype(np.float32) if array.dtype.kind == "f" else array
        for name, array in arrays.items()
    }
