"""Outputs of the chip to the host."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.engine.host.host_memory import Place
from spikearm.loihi_deploy.engine.host.host_program import HostProgram
from spikearm.loihi_deploy.engine.stepping import send_all
from spikearm.loihi_deploy.nengo_loihi_compat import LoihiProbe


@dataclass(frozen=True)
class _Output:
    """Output of a block of the chip to a vector on the host.

    Attributes:
        columns: Columns of the probed values that are sent.
        weights: Weights, shape (n_compartments, n), in the memory order of nengo-loihi's, because
            NumPy asks BLAS for another sum where columns are contiguous; or one weight for all,
            shape ().
        adds: True if the output is added to that of an earlier block.
        value: Vector on the host, shape (1, n).
        first: First item of the vector in the host's memory.
    """

    columns: slice
    weights: np.ndarray
    adds: bool
    value: np.ndarray
    first: int

    def send(self, recorded: np.ndarray) -> None:
        """Weight and send by NumPy, because its rounding is the emulator's.

        Args:
            recorded: Probed values as doubles, shape (1, n_probed).
        """
        sent = np.dot(recorded[:, self.columns], self.weights)
        self.value[:] = self.value + sent if self.adds else sent


class ChipOutputs:
    """All outputs of a chip to its host.

    Args:
        model: Model that nengo-loihi built.
        engine: Engine of the chip's part.
        host: Program of the host.
    """

    def __init__(self, model: Any, engine: Engine, host: HostProgram) -> None:
        self._engine, self._host = engine, host
        self._memory = host.memory
        self._outputs = [
            output
            for probe, receiver in model.chip2host_receivers.items()
            for output in self._list_outputs(
                model.objs[probe]["out"], host.places[id(receiver.output)]
            )
        ]

    def send(self, recorded: np.ndarray) -> None:
        """Send probed values to the host.

        Args:
            recorded: Probed values as doubles, shape (1, n_probed).
        """
        if blas.FOUND:
            table, weights, doubles, summand = self.arguments
            send_all(recorded[0], table, weights, doubles, self._memory, summand)
        else:
            for output in self._outputs:
                output.send(recorded)

    @cached_property
    def arguments(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Arguments of :func:`spikearm.loihi_deploy.engine.stepping.send_all`."""
        first, table = 0, []
        for one in self._outputs:
            n = one.columns.stop - one.columns.start
            by_rows = one.weights.flags.c_contiguous
            d = one.weights.shape[1] if one.weights.ndim else 0
            table.append((one.columns.start, n, first, d, by_rows, one.first, one.adds))
            first += one.weights.size
        weights = np.concatenate([np.zeros(0), *(one.weights.ravel("K") for one in self._outputs)])
        recorded = np.zeros(self._engine.chip.n_probed)
        summand = np.zeros(max((one.value.size for one in self._outputs), default=0))
        return np.array(table, dtype=np.int64).reshape(-1, 7), weights, recorded, summand

    def _list_outputs(self, probe: LoihiProbe, place: Place) -> Iterator[_Output]:
        """Yield the output of each block of a probe: shares of a sum, or consecutive parts."""
        value, first = self._host.view(place)[None], 0
        for columns, weights in zip(self._engine.record.columns[probe], probe.weights, strict=True):
            part = slice(first, first + columns.stop - columns.start)
            if weights.ndim:
                contiguous = weights if weights.flags.forc else np.ascontiguousarray(weights)
                yield _Output(columns, contiguous, part.start > 0, value, place.first)
            else:
                yield _Output(columns, weights, False, value[:, part], place.first + part.start)
            first = part.stop
