"""Exchange of spikes, errors and outputs between host and chip through shared memory."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.engine import Engine


class Exchange(ABC):
    """Runner of host and chip.

    Args:
        model: Model that nengo-loihi built.
        engine: Engine of the chip's part.
    """

    def __init__(self, model: Any, engine: Engine) -> None:
        self._engine = engine
        engine.record.leave_out(model.objs[probe]["out"] for probe in model.chip2host_receivers)

    @abstractmethod
    def run_steps(self, steps: int) -> None:
        """Advance host and chip by a number of steps."""

    @abstractmethod
    def advance(self) -> None:
        """Advance host and chip by one step, untimed."""

    @abstractmethod
    def restart(self) -> None:
        """Reset to the start, after host and chip have been reset."""

    @abstractmethod
    def _last_sent(self) -> tuple[np.ndarray, np.ndarray]:
        """Return neurons that sent a spike in the last step, and where each input's begin."""

    @property
    @abstractmethod
    def arrived(self) -> tuple[np.ndarray, np.ndarray]:
        """Neurons whose spikes arrived in the last step, and where each input's begin; views."""

    @property
    def sent(self) -> np.ndarray:
        """Neurons that sent a spike to the chip in the last step, numbered through all inputs."""
        neurons, start = self._last_sent()
        sizes = [one.n_neurons for one in self._engine.inputs]
        first = np.repeat(np.cumsum([0, *sizes[:-1]]), np.diff(start))
        return neurons[: start[-1]] + first

    def keep_sent(self, arrives: Callable[[int], np.ndarray]) -> None:
        """Keep only some of the spikes that the host sent in the last step.

        Args:
            arrives: Function from a number of spikes to a mask of those that arrive, in the order
                in which they were sent.
        """
        neurons, start = self._last_sent()
        kept = np.flatnonzero(arrives(int(start[-1])))
        neurons[: len(kept)] = neurons[kept]
        start[:] = np.searchsorted(kept, start)
