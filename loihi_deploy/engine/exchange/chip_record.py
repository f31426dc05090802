"""Record of the values of a run that the chip sends to a host which listens afterwards."""

from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.host.host_memory import items
from spikearm.loihi_deploy.engine.host.host_program import HostProgram
from spikearm.loihi_deploy.nengo_loihi_compat import LoihiProbe


class ChipRecord:
    """Record of the values of a run that the chip sends to its host.

    Args:
        model: Model that nengo-loihi built.
        engine: Engine of the chip's part.
        host: Program of the host.

    Attributes:
        places: Places of the values in the host's memory.
    """

    def __init__(self, model: Any, engine: Engine, host: HostProgram) -> None:
        receivers = model.chip2host_receivers
        self._probes: list[LoihiProbe] = [model.objs[probe]["out"] for probe in receivers]
        self._engine = engine
        self.places = items(host.places[id(receiver.output)] for receiver in receivers.values())
        self.clear()

    def clear(self) -> None:
        """Forget what was added."""
        self._n_steps = 0
        self._parts: list[list[list[np.ndarray]]] = []

    def add(self, rows: np.ndarray) -> None:
        """Add the probed values of some steps, shape (n_steps, n_probed)."""
        record = self._engine.record
        self._n_steps += len(rows)
        self._parts.append([record.split(probe, rows) for probe in self._probes])

    def take(self) -> np.ndarray:
        """Return the weighted values of all steps since the last call, shape (n_steps, n_places).

        Weights are applied to all steps in one product, as nengo-loihi does: the rounding of a
        BLAS depends on how many rows it multiplies.
        """
        parts, n_steps = self._parts, self._n_steps
        self.clear()
        values = np.empty((n_steps, len(self.places)))
        first = 0
        for number, probe in enumerate(self._probes):
            blocks = zip(*(one[number] for one in parts), strict=True)
            weighted = probe.weight_outputs([np.concatenate(block) for block in blocks])
            values[:, first : first + weighted.shape[1]] = weighted
            first += weighted.shape[1]
        return values
