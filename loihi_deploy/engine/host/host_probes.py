"""Probes of the host."""

from typing import Any

import nengo
import numpy as np

from spikearm.loihi_deploy.engine.host.host_memory import MemoryLayout, Place, items


class HostProbes:
    """Probes of a host, whose values are copied from its memory.

    Args:
        simulator: Nengo's simulator of the host, which is given the data.
        layout: Layout of the memory.

    Attributes:
        are_vectors: True if all that is probed are vectors of doubles; others are left to Nengo.
        items: Items of the memory that are probed, one probe's after another's.
    """

    def __init__(self, simulator: nengo.Simulator, layout: MemoryLayout) -> None:
        self._simulator = simulator
        found: list[tuple[Any, tuple[int, ...], Place]] = []
        for probe in simulator.model.probes:
            signal = simulator.model.sig[probe]["in"]
            place = layout.find(signal)
            if place is not None:
                found.append((probe, signal.shape, place))
        self.are_vectors = len(found) == len(simulator.model.probes)
        self._found = found if self.are_vectors else []
        self.items = items(place for *_, place in self._found)
        self.restart()

    def restart(self) -> None:
        """Forget what was not kept."""
        self._copies: list[np.ndarray] = []

    def copy(self, memory: np.ndarray) -> None:
        """Copy what is probed in a step that runs by itself; :meth:`flush` keeps it."""
        if not self.are_vectors:
            self._simulator._probe()
        elif self._found:
            self._copies.append(memory[self.items])

    def flush(self) -> None:
        """Keep all that was copied."""
        if self._copies:
            copies, self._copies = self._copies, []
            self.keep(np.array(copies))

    def rows(self, steps: int) -> np.ndarray:
        """Return an array for what is probed in the next steps, shape (n_steps, n_items)."""
        return np.empty((steps, len(self.items)))

    def keep(self, rows: np.ndarray) -> None:
        """Add what was probed in the last steps to the simulator's data.

        Args:
            rows: Values in each step, shape (n_steps, n_items).
        """
        if not self._found:
            return
        simulator, first = self._simulator, 0
        last = int(simulator.signals[simulator.model.step])
        numbers = last - len(rows) + 1 + np.arange(len(rows))
        for probe, shape, place in self._found:
            values = rows[:, first : first + place.n].reshape(-1, *shape)
            if probe.sample_every is not None:
                values = values[numbers % (probe.sample_every / simulator.dt) < 1]
            simulator._sim_data[probe].extend(values)
            first += place.n
