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
        self._steps.append((fired.copy(), arrived[: start[-1]].copy(), start.copy()))

    def matrix(self, n_steps: int | None = None) -> csr_array:
        """Return the spikes of the last steps, shape (n_steps, n_neurons).

        Args:
            n_steps: Number of steps. Default: all.
        """
        n_steps = len(self) if n_steps is None else n_steps
        first = len(self) - n_steps
        rows = [self._neurons(*step) for step in self._steps[first:]]
        starts = np.cumsum([0, *map(len, rows)])
        columns = np.concatenate([np.zeros(0, dtype=np.int64), *rows]).astype(np.int64)
        ones = np.ones(len(columns), dtype=np.int64)
        return csr_array((ones, columns, starts), shape=(n_steps, int(self._starts[-1])))

    @property
    def last(self) -> np.ndarray:
        """Neurons that spiked in the last step."""
        return self._neurons(*self._steps[-1])

    def clear(self) -> None:
        """Forget all steps."""
        self._steps: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def _neurons(self, fired: np.ndarray, arrived: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Return the neurons that spiked in a step, from the arguments of :meth:`add`."""
        compartments = fired if self._order is None else self._order[fired]
        inputs = arrived + np.repeat(self._starts[:-1], np.diff(start))
        return np.concatenate([compartments, inputs])


def spike_log(engine: Engine) -> SpikeLog:
    """Build a log for the places of an engine's compartments that fire."""
    inputs = [one.n_neurons for one in engine.inputs]
    return SpikeLog(engine.chip.n_compartments, inputs, engine.chip.arrangement.order)
