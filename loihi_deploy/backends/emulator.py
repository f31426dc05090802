"""Backend ``emulator``: a network on nengo-loihi's emulator, at stage ``loihi``."""

from collections import Counter
from typing import Any

import nengo
import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.backends.chip import ChipSimulation
from spikearm.loihi_deploy.backends.neurons import FOREVER, neurons_of
from spikearm.loihi_deploy.backends.overflows import counted
from spikearm.loihi_deploy.backends.spike_log import SpikeLog
from spikearm.loihi_deploy.discretisation.chip_model import ChipModel
from spikearm.loihi_deploy.lossy_link import LossyLink, lossy_link
from spikearm.loihi_deploy.nengo_loihi_compat import (
    EmulatorInterface,
    nengo_loihi,
    without_known_warnings,
)
from spikearm.neural.counts import StepCounts
from spikearm.neural.faults import LossySimulation, SilenceableSimulation

STEP_TIMERS = ("startup", "run", "shutdown")  # nengo-loihi 1.1, simulator.py: StepRunner
NOBODY = np.zeros(0, dtype=np.int64)


class EmulatorSimulation(ChipSimulation, SilenceableSimulation, LossySimulation):
    """Simulation of the discretised network on nengo-loihi's emulator, with its work counted.

    Spikes come from the chip's compartments and from the host's pairs of neurons, which code every
    host input as spikes. Neurons are numbered as
    :func:`spikearm.loihi_deploy.backends.neurons.neurons_of` lists them.
    """

    def __init__(self, network: nengo.Network) -> None:
        super().__init__(network)
        if network.seed is None:
            raise SpikearmError("A network without a seed cannot be built again: give it a seed.")
        self._overflow_counts: Counter[str] = Counter()
        with counted(self._overflow_counts, shown=True):
            self._open()
        self._neurons = neurons_of(self.model)
        self._link: LossyLink | None = None
        self._fan_out = self._compartment_fan_out()
        self._input_fan_out = [_fan_out(inp.axons, inp.n_neurons) for inp in self._emulator.inputs]
        self._updates = self._emulator.block_info.n_compartments + sum(
            len(fan_out) for fan_out in self._input_fan_out
        )

    def step(self) -> None:
        """Advance by one control period."""
        with without_known_warnings(), counted(self._overflow_counts, shown=True):
            self._simulator.step()
        if self._link is not None:
            self._link.thin(self._emulator.inputs, self._emulator.t)
        self._counts = self._count()

    def restart(self) -> None:
        """Reset to the state just after construction.

        nengo-loihi cannot reset a simulator, so the network is built again, with the same seed.
        """
        self._simulator.close()
        self._open()
        self._change_silent(self._silent)
        if self._link is not None:
            self._link.restart()

    @property
    def model(self) -> Any:
        """Model that nengo-loihi built."""
        return self._simulator.model

    @property
    def n_neurons(self) -> int:
        """Number of the chip's compartments that are neurons."""
        return len(self._neurons)

    def drop_host_spikes(self, share: float, seed: int) -> None:
        """Lose a share of the spikes from the host from the next step on; 0 heals."""
        self._link = lossy_link(share, seed)

    @property
    def overflow_counts(self) -> Counter[str]:
        """Steps since construction in which a number was cut or overflowed, by kind."""
        return self._overflow_counts.copy()

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self._counts

    @property
    def spike_log(self) -> SpikeLog:
        """Log of the steps since a restart."""
        return self._spike_log

    @property
    def timers(self) -> dict[str, float]:
        """Wall time of the last step by nengo-loihi's own timers [s].

        On the emulator this is ``run``, the whole step; docs/latency.md lists those of a board.
        """
        timers = self._simulator.timers
        return {name: timers[name] for name in STEP_TIMERS if name in timers}

    def close(self) -> None:
        """Free the simulator."""
        self._simulator.close()

    def _change_silent(self, neurons: np.ndarray) -> None:
        """Silence exactly these neurons, by an endless refractory period."""
        resting = self._emulator.compartment.ref_count
        for chosen, steps in ((self._silent, 0), (neurons, FOREVER)):
            resting[self._neurons[chosen]] = steps

    @property
    def _emulator(self) -> EmulatorInterface:
        return self._simulator.sims["emulator"]

    def _open(self) -> None:
        with without_known_warnings():
            self._simulator = nengo_loihi.Simulator(
                self.network, model=ChipModel(), target="sim", precompute=False
            )
        emulator = self._emulator
        sizes = [one.n_neurons for one in emulator.inputs]
        self._spike_log = SpikeLog(emulator.block_info.n_compartments, sizes)
        self._sent = [NOBODY for _ in sizes]
        self._counts, self._pending_events = StepCounts(), 0

    def _count(self) -> StepCounts:
        """Count the work of a step; spikes of the step before arrive in this one."""
        arrived, events = self._sent, self._pending_events
        spiked, now = self._emulator.compartment.spiked, self._emulator.t
        start = np.cumsum([0, *map(len, arrived)])
        self._spike_log.add(np.flatnonzero(spiked), np.concatenate([NOBODY, *arrived]), start)
        self._sent = [
            np.asarray(one.spikes.get(now, []), dtype=int) for one in self._emulator.inputs
        ]
        self._pending_events = int(self._fan_out[spiked].sum()) + sum(
            int(fan_out[sent].sum())
            for fan_out, sent in zip(self._input_fan_out, self._sent, strict=True)
        )
        n_arrived = sum(map(len, arrived))
        return StepCounts(
            spikes=int(np.count_nonzero(spiked)) + n_arrived,
            synaptic_events=events,
            neuron_updates=self._updates,
            learning_updates=self._learning_updates(),
            host_spikes=n_arrived,
        )

    def _learning_updates(self) -> int:
        return sum(
            sum(w.size for w in synapse.weights)
            for synapse in self._emulator.synapses.pes_errors
            if self._emulator.t % synapse.learn_epoch == 0
        )

    def _compartment_fan_out(self) -> np.ndarray:
        info = self._emulator.block_info
        return np.concatenate([_fan_out(block.axons, block.n_neurons) for block in info.blocks])


def _fan_out(axons: list, n_neurons: int) -> np.ndarray:
    """Count the weights that a spike of each neuron reaches, shape (n_neurons,).

    Weights of zero count only where they learn.
    """
    fan_out = np.zeros(n_neurons, dtype=np.int64)
    for axon in axons:
        for neuron in range(n_neurons):
            for spike in axon.map_spikes(np.array([neuron])):
                if spike is not None:
                    fan_out[neuron] += _weights_reached(axon.target, spike)
    return fan_out


def _weights_reached(synapse, spike) -> int:  # noqa: ANN001  nengo-loihi is untyped
    if synapse.axon_compartment_base(spike.axon_idx) is None:
        return 0
    weights, _ = synapse.axon_weights_indices(spike.axon_idx, atom=spike.atom)
    return len(weights) if synapse.learning else int(np.count_nonzero(weights))
