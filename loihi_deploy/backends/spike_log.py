"""Spikes of each step of a run."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from spikearm.loihi_deploy.engine.engine import Engine


class SpikeLog:
    """Log of the neurons that spike in each step.

    Neurons are the compartments, block by block, then those of the spike inputs, on the host.

    Args:
        n_compartments: Number of compartments.
        inputs: Number of neurons of each spike input.
        order: Compartment of each number that is added, shape (n_numbers,). Default: the numbers
            are those of the compartments.
    """

    def __init__(
        self, n_compartments: int, inputs: Sequence[int], order: np.ndarray | None = None
    ) -> None:
        self.n_compartments = n_compartments
        self._starts = n_compartments + np.cumsum([0, *inputs])
        self._order = order
        self.clear()

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, fired: np.ndarray, arrived: np.ndarray, start: np.ndarray) -> None:
        """Add a step.

        Args:
            fired: Numbers of the compartments that fired.
            arrived: Neurons whose spikes arrived, spike input by spike input.
            start: Index of each input's first, shape (n_inputs + 1,).
        """
        self._steps.append(np.concatenate((fired, arrived[: start[-1]], start)))

    def matrix(self, n_steps: int | None = None) -> csr_array:
        """Return the spikes of the last steps, shape (n_steps, n_neurons).

        Args:
            n_steps: Number of steps. Default: all.
        """
        n_steps = len(self) if n_steps is None else n_steps
        numbers, lengths = self._parts(self._steps[len(self) - n_steps :])
        chip, tail = 0, len(self._starts)  # the first and the last of a step's parts
        part = np.repeat(np.tile(np.arange(tail + 1), n_steps), lengths.ravel())
        neurons = numbers + np.array([0, *self._starts[:-1], 0])[part]
        if self._order is not None:
            neurons[part == chip] = self._order[numbers[part == chip]]
        columns, ends = neurons[part < tail], np.cumsum([0, *lengths[:, :-1].sum(axis=1)])
        ones = np.ones(len(columns), dtype=np.int64)
        return csr_array((ones, columns, ends), shape=(n_steps, int(self._starts[-1])))

    @property
    def last(self) -> np.ndarray:
        """Neurons that spiked in the last step."""
        return self.matrix(1).indices

    def clear(self) -> None:
        """Forget all steps."""
        self._steps: list[np.ndarray] = []

    def _parts(self, steps: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Join steps, and find the lengths of their parts.

        Returns:
            Numbers of all steps, and the length of each step's parts, shape (n_steps, n_inputs +
            2): compartments that fired, neurons of each input, and ``start``.
        """
        numbers = np.concatenate([np.zeros(0, dtype=np.int64), *steps])
        sizes = np.array([len(step) for step in steps], dtype=np.int64)
        n_starts = len(self._starts)
        places = np.cumsum(sizes)[:, None] - np.arange(n_starts, 0, -1)
        start = numbers[places]  # (n_steps, n_inputs + 1)
        fired = sizes - start[:, -1] - n_starts
        tails = np.full(len(steps), n_starts)
        return numbers, np.column_stack([fired, np.diff(start), tails])


def spike_log(engine: Engine) -> SpikeLog:
    """Build a log for the places of an engine's compartments that fire."""
    inputs = [one.n_neurons for one in engine.inputs]
    return SpikeLog(engine.chip.n_compartments, inputs, engine.chip.arrangement.order)
