"""Exchange by blocks of steps: what feeds the chip runs ahead of it, what listens runs behind."""

from typing import Any

import nengo
import numpy as np

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.exchange.chip_record import ChipRecord
from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.loihi_deploy.engine.exchange.host_processes import host_interface
from spikearm.loihi_deploy.engine.host.host_program import BLOCK, Heard, HostProgram

MOST_SPIKES = 2**22  # from the host, that a block of steps has room for


class PrecomputedExchange(Exchange):
    """Runner of a host that never answers the chip.

    Args:
        model: Model that nengo-loihi built.
        ahead: Nengo's simulator of the part of the host that feeds the chip, or None.
        behind: Nengo's simulator of the part that listens to it, or None.
        engine: Engine of the chip's part.
        timers: Timers of nengo-loihi's simulator.
    """

    def __init__(
        self,
        model: Any,
        ahead: nengo.Simulator | None,
        behind: nengo.Simulator | None,
        engine: Engine,
        timers: Any,
    ) -> None:
        super().__init__(model, engine)
        self._timers = timers
        errors, scale = engine.chip.state["errors"], engine.error_scale
        interface = host_interface(model, engine)
        self._ahead = HostProgram(ahead, interface, scale, errors) if ahead else None
        self._behind = HostProgram(behind, interface, scale, errors) if behind else None
        self._record = ChipRecord(model, engine, self._behind) if self._behind else None
        self._n_inputs = len(engine.inputs)
        self._n_neurons = sum(one.n_neurons for one in engine.inputs)
        self._most_steps = max(1, min(BLOCK, MOST_SPIKES // max(1, self._n_neurons)))
        self.restart()

    def restart(self) -> None:
        """Reset to the start, after host and chip have been reset."""
        for one in self._hosts:
            one.restart()
        if self._record:
            self._record.clear()
        self._last_heard: np.ndarray | None = None
        nothing = np.zeros(0, dtype=np.int32), np.zeros(self._n_inputs + 1, dtype=np.int32)
        self._waiting = self._arrived = nothing

    def run_steps(self, steps: int) -> None:
        """Advance host and chip by a number of steps."""
        self._timers.start("run")
        self.advance(steps)
        self._timers.stop("run")

    def advance(self, steps: int = 1) -> None:
        """Advance host and chip by a number of steps, untimed."""
        most = 1 if self._engine.strict else self._most_steps
        for begun in range(0, steps, most):
            block = min(most, steps - begun)
            out = self._engine.advance(*self._delayed(*self._feed(block)), block)
            if self._record:
                self._record.add(out)
        if steps and self._record and self._behind:
            self._listen(self._behind, self._record)
        for one in self._hosts:
            one.finish()

    @property
    def _hosts(self) -> list[HostProgram]:
        return [one for one in (self._ahead, self._behind) if one is not None]

    def _feed(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Run what feeds the chip: neurons that send a spike, and where each step's begin."""
        sent = np.zeros(steps * self._n_neurons, dtype=np.int32)
        start = np.zeros(steps * self._n_inputs + 1, dtype=np.int32)
        host = self._ahead
        if host is None:
            return sent, start
        if host.is_compiled:
            host.run(steps, sent, start)
        else:
            for step in range(steps):
                host.step(sent, start[step * self._n_inputs :])
        return sent[: start[-1]].copy(), start

    def _delayed(self, sent: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the spikes that arrive in each step, which were sent one step before."""
        n, last = self._n_inputs, len(start) - 1 - self._n_inputs
        neurons, begins = self._waiting
        arriving = np.concatenate([neurons[: begins[-1]], sent[: start[last]]])
        arriving_start = np.concatenate([begins, begins[-1] + start[1 : last + 1]])
        self._waiting = sent[start[last] : start[-1]].copy(), start[last:] - start[last]
        begun = arriving_start[-1 - n]
        self._arrived = arriving[begun:], arriving_start[-1 - n :] - begun
        return arriving, arriving_start

    def _listen(self, host: HostProgram, record: ChipRecord) -> None:
        """Run what listens to the chip, which hears each step's values in the step after.

        In the first step it hears those of the same step, as nengo-loihi's queues have it.
        """
        values = record.take()
        before = values[0] if self._last_heard is None else self._last_heard
        heard, self._last_heard = np.vstack([before, values[:-1]]), values[-1].copy()
        nothing = np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int32)
        if host.is_compiled:
            for first in range(0, len(heard), BLOCK):
                part = heard[first : first + BLOCK]
                host.run(len(part), *nothing, Heard(record.places, part))
        else:
            for row in heard:
                host.memory[record.places] = row
                host.step(*nothing)

    def _last_sent(self) -> tuple[np.ndarray, np.ndarray]:
        return self._waiting

    @property
    def arrived(self) -> tuple[np.ndarray, np.ndarray]:
        """Neurons whose spikes arrived in the last step, and where each input's begin; views."""
        return self._arrived
