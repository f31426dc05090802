"""Exchange in every step: the host hears from the chip what it answers in the next step."""

from typing import Any

import nengo
import numpy as np

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.exchange.chip_outputs import ChipOutputs
from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.loihi_deploy.engine.exchange.host_processes import host_interface
from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.engine.host.host_program import BLOCK, HostProgram


class LockstepExchange(Exchange):
    """Runner of host and chip in turn, step by step.

    Args:
        model: Model that nengo-loihi built.
        host: Nengo's simulator of the host's part.
        engine: Engine of the chip's part.
        timers: Timers of nengo-loihi's simulator.
    """

    def __init__(self, model: Any, host: nengo.Simulator, engine: Engine, timers: Any) -> None:
        super().__init__(model, engine)
        self._timers = timers
        errors, scale = engine.chip.state["errors"], engine.error_scale
        self._host = HostProgram(host, host_interface(model, engine), scale, errors)
        n_inputs = sum(one.n_neurons for one in engine.inputs)
        self._sent = np.zeros((2, n_inputs), dtype=np.int32)
        self._sent_start = np.zeros((2, len(engine.inputs) + 1), dtype=np.int32)
        self._outputs = ChipOutputs(model, engine, self._host)
        compiled = blas.FOUND and self._host.is_compiled
        self._together = (*self._arguments(), *engine.arguments) if compiled else ()
        self._next_step = (*self._together, np.empty((1, 0)), np.empty((1, 0))) if compiled else ()

    def restart(self) -> None:
        """Reset to the start, after host and chip have been reset."""
        self._host.restart()
        self._sent_start[:] = 0

    def run_steps(self, steps: int) -> None:
        """Advance host and chip by a number of steps."""
        self._timers.start("run")
        if not self._together or self._engine.strict:
            for _ in range(steps):
                self._run_in_turn()
        else:
            for first in range(0, steps, BLOCK):
                self._run_together(min(BLOCK, steps - first))
        self._host.finish()
        self._timers.stop("run")

    def advance(self) -> None:
        """Advance host and chip by one step, untimed."""
        if not self._together or self._engine.strict:
            self._run_in_turn()
            self._host.finish()
        elif self._host.has_values:
            self._run_together(1)
        else:  # as in a closed loop: with the same arguments in every step
            self._host.read_inputs()
            self._engine.advance_with(self._next_step, 1)
            self._host.write_outputs()

    def _run_together(self, steps: int) -> None:
        """Advance in one call of machine code."""
        self._host.read_inputs()
        tape, rows = self._host.sample(steps), self._host.probes.rows(steps)
        self._engine.advance_with((*self._together, tape, rows), steps)
        self._host.write_outputs()
        self._host.probes.keep(rows)

    def _run_in_turn(self) -> None:
        """Advance by one step, part of which Python runs."""
        now = self._engine.t % 2
        self._host.step(self._sent[now], self._sent_start[now])
        recorded = self._engine.advance(self._sent[1 - now], self._sent_start[1 - now])
        self._outputs.send(recorded.astype(float))

    def _last_sent(self) -> tuple[np.ndarray, np.ndarray]:
        last = (self._engine.t - 1) % 2
        return self._sent[last], self._sent_start[last]

    @property
    def arrived(self) -> tuple[np.ndarray, np.ndarray]:
        """Neurons whose spikes arrived in the last step, and where each input's begin; views."""
        last = self._engine.t % 2
        return self._sent[last], self._sent_start[last]

    def _arguments(self) -> tuple[np.ndarray, ...]:
        """Return the host's arguments of ``run_together``."""
        host = self._host
        return (
            *host.arguments, self._sent, self._sent_start, host.alarms, *self._outputs.arguments,
        )  # fmt: skip
