"""Exchange of spikes, errors and outputs between host and chip through shared memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import nengo
import numpy as np

from spikearm.loihi_deploy.engine.engine import Engine, split_inputs
from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.engine.host.host_memory import Place
from spikearm.loihi_deploy.engine.host.host_program import HostProgram
from spikearm.loihi_deploy.engine.host_processes import host_interface
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


class Exchange:
    """Runner of host and chip, which exchange values in every step.

    Args:
        model: Model that nengo-loihi built.
        host: Nengo's simulator of the host's part.
        engine: Engine of the chip's part.
        timers: Timers of nengo-loihi's simulator.
    """

    def __init__(self, model: Any, host: nengo.Simulator, engine: Engine, timers: Any) -> None:
        self._engine = engine
        self._timers = timers
        errors, scale = engine.chip.state["errors"], engine.error_scale
        self._host = HostProgram(host, host_interface(model, engine), scale, errors)
        n_inputs = sum(one.n_neurons for one in engine.inputs)
        self._sent = np.zeros((2, n_inputs), dtype=np.int32)
        self._sent_start = np.zeros((2, len(engine.inputs) + 1), dtype=np.int32)
        self._outputs = [
            output
            for probe, receiver in model.chip2host_receivers.items()
            for output in self._list_outputs(
                model.objs[probe]["out"], self._host.places[id(receiver.output)]
            )
        ]
        compiled = blas.FOUND and self._host.is_compiled
        self._together = (*self._arguments(), *engine.arguments) if compiled else ()

    @property
    def sent(self) -> np.ndarray:
        """Neurons that sent a spike to the chip in the last step, numbered through all inputs."""
        last = (self._engine.t - 1) % 2
        neurons, start = self._sent[last], self._sent_start[last]
        sizes = [one.n_neurons for one in self._engine.inputs]
        first = np.repeat(np.cumsum([0, *sizes[:-1]]), np.diff(start))
        return neurons[: start[-1]] + first

    def keep_sent(self, arrives: Callable[[int], np.ndarray]) -> None:
        """Keep only some of the spikes that the host sent in the last step.

        Args:
            arrives: Function from a number of spikes to a mask of those that arrive, in the order
                in which they were sent.
        """
        last = (self._engine.t - 1) % 2
        neurons, start = self._sent[last], self._sent_start[last]
        kept = np.flatnonzero(arrives(int(start[-1])))
        neurons[: len(kept)] = neurons[kept]
        start[:] = np.searchsorted(kept, start)

    def restart(self) -> None:
        """Reset to the start, after host and chip have been reset."""
        self._host.restart()
        self._sent_start[:] = 0

    @property
    def arrived(self) -> list[np.ndarray]:
        """Neurons of each spike input whose spikes arrived in the last step."""
        last = self._engine.t % 2
        return split_inputs(self._sent[last], self._sent_start[last])

    def run_steps(self, steps: int) -> None:
        """Advance host and chip by a number of steps."""
        self._timers.start("run")
        if not self._together or self._engine.strict:
            for _ in range(steps):
                self._run_in_turn()
        else:
            self._run_together(steps)
        self._host.finish()
        self._timers.stop("run")

    def advance(self) -> None:
        """Advance host and chip by one step, untimed."""
        if not self._together or self._engine.strict:
            self._run_in_turn()
        else:
            self._run_together(1)

    def _run_together(self, steps: int) -> None:
        """Advance in one call of machine code."""
        self._host.read_inputs()
        self._engine.advance_with(self._together, steps)
        self._host.write_outputs()

    def _run_in_turn(self) -> None:
        """Advance by one step, part of which Python runs."""
        now = self._engine.t % 2
        self._host.step(self._sent[now], self._sent_start[now])
        recorded = self._engine.advance(self._sent[1 - now], self._sent_start[1 - now])
        for output in self._outputs:
            output.send(recorded)

    def _arguments(self) -> tuple[np.ndarray, ...]:
        """Return the host's arguments of ``run_together``."""
        host, first, table = self._host, 0, []
        for one in self._outputs:
            n = one.columns.stop - one.columns.start
            by_rows = one.weights.flags.c_contiguous
            d = one.weights.shape[1] if one.weights.ndim else 0
            table.append((one.columns.start, n, first, d, by_rows, one.first, one.adds))
            first += one.weights.size
        weights = np.concatenate([np.zeros(0), *(one.weights.ravel("K") for one in self._outputs)])
        recorded = np.zeros(self._engine.chip.n_probed)
        summand = np.zeros(max((one.value.size for one in self._outputs), default=0))
        return (
            host.memory, host.program, host.ticks, host.links, self._sent, self._sent_start,
            host.alarms, np.array(table, dtype=np.int64).reshape(-1, 7), weights, recorded, summand,
        )  # fmt: skip

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
