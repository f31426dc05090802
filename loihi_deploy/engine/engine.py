"""The compiled engine behind the interface of nengo-loihi's emulator."""

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import sub
from typing import Any

import numpy as np
from nengo.exceptions import SimulationError, SimulatorClosed

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.engine import stepping as kernels
from spikearm.loihi_deploy.engine.chip import PROBE_KEYS, compile_chip
from spikearm.loihi_deploy.engine.kernels.mersenne import stream
from spikearm.loihi_deploy.engine.layout import layout
from spikearm.loihi_deploy.engine.probe_record import ProbeRecord
from spikearm.loihi_deploy.nengo_loihi_compat import (
    EmulatorInterface,
    LoihiProbe,
    scale_pes_errors,
)
from spikearm.neural.counts import StepCounts

MESSAGES = {
    layout.LOST_TRACE: "Synaptic trace spikes lost",
    layout.CLIPPED_TRACE: "Clipping synapse trace",
    layout.CLIPPED_WEIGHT: "Clipping learning weights",
    layout.OVER_INPUT: "Overflow in q0",
    layout.OVER_CURRENT: "Overflow in current",
    layout.OVER_MEMBRANE: "Overflow in u2",
}
"""Warnings of the emulator by flag, in the order in which it gives them."""

STRICT_FLAGS = layout.OVER_INPUT | layout.OVER_CURRENT | layout.OVER_MEMBRANE | layout.LOST_TRACE


def _supported_probes(model: Any) -> list[LoihiProbe]:
    """List the probes of a model.

    Raises:
        SpikearmError: The engine does not support one of them.
    """
    for probe in model.probes:
        if probe.key not in PROBE_KEYS:
            raise SpikearmError(
                f"A probe of '{probe.key}' of {probe.target[0].label} is not supported by the "
                f"engine. Probe one of {', '.join(PROBE_KEYS)}, or use nengo_loihi.Simulator."
            )
    return list(model.probes)


class Engine:
    """Simulator of a model's blocks in machine code, spike for spike as nengo-loihi's emulator.

    Args:
        model: Model that nengo-loihi has built.
        seed: Seed of noise and stochastic rounding; drawn if not given.

    Attributes:
        strict: True if an overflow is an error rather than a warning.
        closed: True once the engine has been closed.
        clock: Time and counters since the start, as
            :mod:`spikearm.loihi_deploy.engine.layout.layout` orders them.
        inputs: The model's spike inputs.
        chip: The model's blocks as flat arrays.
        record: Values of probes.
        error_scale: Scale of learning errors.
        arguments: Arguments of kernels that belong to the chip.
        arrived: Neurons whose spikes arrived in the last step, except through an exchange, and
            where each input's begin, shape (n_inputs + 1,).
        keeps: True if values of probes are kept: not where the host receives all of them.
        overflow_counts: Number of times that each of :data:`MESSAGES` was given since
            construction: once per step at most, where steps run one by one.
    """

    strict = False

    def __init__(self, model: Any, seed: int | None = None) -> None:
        self.closed = True
        self.seed = int(np.random.default_rng().integers(2**31 - 1)) if seed is None else seed
        self._model = model
        probes = _supported_probes(model)
        self.inputs = list(model.inputs)
        self.chip = compile_chip(EmulatorInterface(model, seed=self.seed), probes)
        self._initial = (self.chip.state.block.copy(), self.chip.index.block.copy())
        self._share_learned_weights()
        self.record = ProbeRecord(probes, model.dt, self.chip.dtype)
        self._n_updated = self.chip.n_compartments + sum(one.n_neurons for one in self.inputs)
        self.error_scale = getattr(model, "pes_error_scale", 1.0)
        self._stream = stream(np.random.RandomState(self.seed))
        self.clock = np.zeros(layout.CLOCK_SIZE, dtype=np.int64)
        chip = self.chip
        self.arguments: tuple[Any, ...] = (
            chip.state.block, chip.state.bounds, chip.index.block, chip.index.bounds,
            chip.real.block, chip.real.bounds, chip.tiles.mantissas, chip.spiked,
            chip.spiked.view(np.uint64), self._stream, chip.words, self.clock,
        )  # fmt: skip
        self._scratch = np.empty((1, chip.n_probed), dtype=chip.dtype)
        self.keeps = len(model.nengo_probes) > len(model.chip2host_params)
        self._permanent = [dict(one.spikes) for one in self.inputs]
        self.overflow_counts: Counter[str] = Counter()
        self.reset()
        self.closed = False

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def t(self) -> int:
        """Steps since the start."""
        return int(self.clock[layout.TIME])

    @property
    def fired(self) -> np.ndarray:
        """Compartments that fired in the last step, numbered block by block."""
        return np.flatnonzero(self.chip.spiked[self.chip.arrangement.soma])

    @property
    def fired_places(self) -> np.ndarray:
        """Compartments that fired in the last step, by their places in the state; a view."""
        return self.chip.index["fired"][: self.clock[layout.N_FIRED]]

    @property
    def counts(self) -> StepCounts:
        """Neural work since the start, spikes that came from the host included."""
        return self.counts_since([0] * layout.CLOCK_SIZE)

    def counts_since(self, clock: Sequence[int]) -> StepCounts:
        """Return the neural work since ``clock`` was a copy of the engine's clock."""
        done = list(map(sub, self.clock.tolist(), clock))
        return StepCounts(
            spikes=done[layout.SPIKES] + done[layout.HOST_SPIKES],
            synaptic_events=done[layout.EVENTS],
            neuron_updates=done[layout.TIME] * self._n_updated,
            learning_updates=done[layout.LEARNED],
            host_spikes=done[layout.HOST_SPIKES],
        )

    def reset(self, seed: int | None = None) -> None:
        """Reset to the state just after construction.

        Args:
            seed: Another seed of noise and stochastic rounding.
        """
        self.seed = self.seed if seed is None else seed
        self.chip.state.block[:], self.chip.index.block[:] = self._initial
        self.chip.spiked[:] = 0
        self._stream[:] = stream(np.random.RandomState(self.seed))
        nothing = np.zeros(0, dtype=np.int32)
        self.arrived = nothing, np.zeros(len(self.inputs) + 1, dtype=np.int32)
        self.clock[:] = 0
        self.clock[layout.FLOATS] = not self._is_integer
        noisy = bool(self.chip.real["noise_scale"].any())
        self.clock[layout.NOISY] = noisy
        self.clock[layout.RANDOM] = noisy or bool(self.chip.routes.learning)
        self.clock[layout.N_INPUTS] = len(self.inputs)
        self.record.clear()
        for one, spikes in zip(self.inputs, self._permanent, strict=True):
            one.spikes = dict(spikes)

    def step(self) -> None:
        """Advance by one step."""
        self.run_steps(1)

    def run_steps(self, steps: int) -> None:
        """Advance by a number of steps.

        Raises:
            SimulationError: The engine is ``strict`` and a register overflowed.
            SimulatorClosed: The engine is closed.
        """
        if self.closed:
            raise SimulatorClosed("The engine cannot run because it is closed.")
        if self.strict:
            for _ in range(steps):  # to stop in the step in which it happens
                self._advance(1)
        else:
            self._advance(steps)

    def _advance(self, steps: int) -> None:
        arriving, start = self._arriving(steps)
        last = start[-1 - len(self.inputs) :]
        self.arrived = arriving[last[0] :], last - last[0]
        out = np.empty((steps, self.chip.n_probed), dtype=self.chip.dtype)
        kernels.run_chip(*self.arguments, arriving, start, out)
        self.record.add(out)
        self._report_overflows()

    def advance(self, arriving: np.ndarray, start: np.ndarray, steps: int = 1) -> np.ndarray:
        """Advance with spikes from shared memory.

        Args:
            arriving: Neurons of the spike inputs that fire, step by step and input by input.
            start: Index of each input's first in each step, and the end, shape
                (n_steps * n_inputs + 1,).
            steps: Number of steps.

        Returns:
            Probed values, shape (n_steps, n_probed), valid until the next call.
        """
        out = self._rows(steps)
        kernels.run_chip(*self.arguments, arriving, start, out)
        self._keep(out)
        return out

    def advance_with(self, arguments: tuple[Any, ...], steps: int) -> None:
        """Advance together with a compiled host.

        Args:
            arguments: Arguments of
                :func:`~spikearm.loihi_deploy.engine.stepping.run_together`, the chip's probed
                values left out.
            steps: Number of steps.
        """
        out = self._rows(steps)
        done = kernels.run_together(*arguments, out)
        self._keep(out[:done])

    def _rows(self, steps: int) -> np.ndarray:
        """Return rows for probed values; the same ones again where nothing is kept."""
        if self.keeps or len(self._scratch) != steps:
            self._scratch = np.empty((steps, self.chip.n_probed), dtype=self.chip.dtype)
        return self._scratch

    def _keep(self, rows: np.ndarray) -> None:
        if self.keeps:
            self.record.add(rows)
        if self.clock[layout.FLAGS]:
            self._report_overflows()

    def host2chip(
        self, spikes: Iterable[tuple], errors: Iterable[tuple[Any, int, np.ndarray]]
    ) -> None:
        """Take spikes and learning errors from the host."""
        for spike_input, time, neurons in spikes:
            spike_input.add_spikes(time, neurons)
        places = {id(one.synapse): one for one in self.chip.routes.learning}
        self.chip.state["errors"][:] = 0
        for synapse, _, error in errors:
            one = places[id(synapse)]
            where = slice(one.first_error, one.first_error + one.n_targets // 2)
            scaled = scale_pes_errors(error, scale=self.error_scale)
            self.chip.state["errors"][where] += scaled.astype(self.chip.dtype)

    def chip2host(self, receivers: Mapping[LoihiProbe, Any]) -> None:
        """Send the values of probes to the host."""
        for probe, receiver in receivers.items():
            first = self.record.n_collected(probe)
            for step, value in enumerate(self.record.collect(probe, self.t)):
                receiver.receive(self._model.dt * (first + step + 2), value)
        self.record.drop_collected(self.t)

    def collect_probe_output(self, probe: LoihiProbe) -> np.ndarray:
        """Return a probe's values since the last collection, weighted and filtered."""
        return self.record.collect_filtered(probe, self.t)

    def clear_probes(self) -> None:
        """Do nothing: collected values are dropped already."""

    def close(self) -> None:
        """Close the engine, which then refuses to run."""
        self.closed = True

    @property
    def _is_integer(self) -> bool:
        return self.chip.dtype == np.int32

    def _share_learned_weights(self) -> None:
        """Make the model's weights views of those that learn, as the emulator does."""
        for one in self.chip.routes.learning:
            weights = self.chip.state["weights"][one.first_weight :][: one.n_axons * one.n_targets]
            one.synapse.weights = list(weights.reshape(one.n_axons, 1, one.n_targets))

    def _arriving(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """List the neurons whose spikes arrive in each of the next steps, input by input."""
        parts = [
            np.asarray(one.spike_idxs(time - 1) if time >= 2 else [], dtype=np.int32)
            for time in range(self.t + 1, self.t + steps + 1)
            for one in self.inputs
        ]
        start = np.zeros(len(parts) + 1, dtype=np.int32)
        np.cumsum([len(part) for part in parts], out=start[1:])
        return np.concatenate([np.zeros(0, dtype=np.int32), *parts]), start

    def _report_overflows(self) -> None:
        """Count and warn of the overflows of the last call."""
        flags = int(self.clock[layout.FLAGS])
        if not flags:
            return
        self.clock[layout.FLAGS] = 0
        for flag, message in MESSAGES.items():
            if flags & flag & STRICT_FLAGS and self.strict:
                raise SimulationError(message)
            if flags & flag:
                self.overflow_counts[message] += 1
                warnings.warn(message, stacklevel=5)
