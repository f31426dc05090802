"""Exchange by blocks of steps: what feeds the chip runs ahead of it, what listens runs behind."""

from typing import Any

import nengo
import numpy as np

from spikearm.loihi_deploy.engine import stepping as kernels
from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.exchange.chip_outputs import ChipOutputs
from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.loihi_deploy.engine.exchange.host_processes import host_interface
from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.engine.host.host_program import BLOCK, HostProgram

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
        self._outputs = ChipOutputs(model, engine, self._behind) if self._behind else None
        self._n_inputs = len(engine.inputs)
        self._n_neurons = sum(one.n_neurons for one in engine.inputs)
        self._most_steps = max(1, min(BLOCK, MOST_SPIKES // max(1, self._n_neurons)))
        self.restart()

    def restart(self) -> None:
        """Reset to the start, after host and chip have been reset."""
        for host in (self._ahead, self._behind):
            if host is not None:
                host.restart()
        nothing = np.zeros(0, dtype=np.int32), np.zeros(self._n_inputs + 1, dtype=np.int32)
        self._waiting = self._arrived = nothing

    def run_steps(self, steps: int) -> None:
        """Advance host and chip by a number of steps."""
        self._timers.start("run")
        most = 1 if self._engine.strict else self._most_steps
        blocks = [min(most, steps - first) for first in range(0, steps, most)]
        fed = map(self._feed, blocks)
        if self._behind and not self._behind.is_compiled:
            fed = list(fed)  # functions that listen may change what those ahead read
        for block, (sent, start) in zip(blocks, fed, strict=True):
            self._run_block(block, sent, start)
        self._finish()
        self._timers.stop("run")

    def advance(self) -> None:
        """Advance host and chip by one step, untimed."""
        self._run_block(1, *self._feed(1))
        self._finish()

    def _run_block(self, steps: int, sent: np.ndarray, start: np.ndarray) -> None:
        out = self._engine.advance(*self._delayed(sent, start), steps)
        self._listen(out)

    def _feed(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Run what feeds the chip: neurons that send a spike, and where each step's begin."""
        sent = np.zeros(steps * self._n_neurons, dtype=np.int32)
        start = np.zeros(steps * self._n_inputs + 1, dtype=np.int32)
        host = self._ahead
        if host is None:
            return sent, start
        if not (blas.FOUND and host.is_compiled):
            for step in range(steps):
                host.step(sent, start[step * self._n_inputs :])
            return sent[: start[-1]].copy(), start
        host.read_inputs()
        tape, rows = host.sample(steps), host.probes.rows(steps)
        errors = self._engine.chip.state["errors"]
        kernels.run_ahead(*host.arguments, sent, start, errors, host.alarms, tape, rows)
        host.write_outputs()
        host.probes.keep(rows)
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

    def _listen(self, out: np.ndarray) -> None:
        """Run what listens to the chip, which hears each step's values in the step after.

        In the first step it hears those of the same step, as nengo-loihi's queues have it.

        Args:
            out: Probed values of the chip, as doubles, shape (n_steps, n_probed).
        """
        host = self._behind
        if host is None or self._outputs is None:
            return
        if blas.FOUND and host.is_compiled:
            self._listen_together(host, self._outputs, out)
            return
        nothing = np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int32)
        for step in range(len(out)):
            if host.ticks[0] == 0:
                self._outputs.send(out[:1])
            host.step(*nothing)
            self._outputs.send(out[step : step + 1])

    def _listen_together(self, host: HostProgram, outputs: ChipOutputs, out: np.ndarray) -> None:
        host.read_inputs()
        tape, rows = host.sample(len(out)), host.probes.rows(len(out))
        errors = self._engine.chip.state["errors"]
        kernels.run_behind(
            *host.arguments, errors, host.alarms, *outputs.arguments, tape, rows, out
        )
        host.write_outputs()
        host.probes.keep(rows)

    def _finish(self) -> None:
        for host in (self._ahead, self._behind):
            if host is not None:
                host.finish()

    def _last_sent(self) -> tuple[np.ndarray, np.ndarray]:
        return self._waiting

    def _last_arrived(self) -> tuple[np.ndarray, np.ndarray]:
        return self._arrived
