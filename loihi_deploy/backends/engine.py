"""Backend ``engine``: a network on the compiled engine, at stage ``loihi``."""

from collections import Counter
from typing import Any, ClassVar

import nengo
import numpy as np

from spikearm.loihi_deploy.backends.chip import ChipSimulation
from spikearm.loihi_deploy.backends.neurons import FOREVER, neurons_of
from spikearm.loihi_deploy.backends.overflows import counted
from spikearm.loihi_deploy.backends.spike_log import SpikeLog, spike_log
from spikearm.loihi_deploy.discretisation.chip_model import ChipModel, RescaledModel
from spikearm.loihi_deploy.lossy_link import LossyLink, lossy_link
from spikearm.loihi_deploy.nengo_loihi_compat import without_known_warnings
from spikearm.loihi_deploy.simulator import Simulator
from spikearm.neural.counts import StepCounts
from spikearm.neural.faults import LossySimulation, SilenceableSimulation
from spikearm.neural.simulation import NeuralSimulation


class EngineSimulation(ChipSimulation, SilenceableSimulation, LossySimulation):
    """Simulation of the discretised network in machine code.

    Its spikes are those of :class:`~spikearm.loihi_deploy.backends.emulator.EmulatorSimulation`.
    Neurons are numbered as :func:`spikearm.loihi_deploy.backends.neurons.neurons_of` lists them.

    Attributes:
        target: ``sim``, or ``simreal`` for the same network in floating point.
        model_type: Type of the model that nengo-loihi builds.
    """

    target: ClassVar[str] = "sim"
    model_type: ClassVar[type[ChipModel]] = ChipModel

    def __init__(self, network: nengo.Network) -> None:
        super().__init__(network)
        self._build_overflow_counts: Counter[str] = Counter()
        with without_known_warnings(), counted(self._build_overflow_counts, shown=True):
            self._simulator = Simulator(
                network, model=self.model_type(), target=self.target, precompute=False
            )
        self._simulator.run_steps(1)  # loads machine code, which processes forked later then have
        self._simulator.reset()
        self._engine = self._simulator.engine
        self._before = self._engine.clock.tolist()
        self._spike_log = spike_log(self._engine)
        self._neurons = neurons_of(self.model)
        self._link: LossyLink | None = None

    def step(self) -> None:
        """Advance by one control period."""
        self._before = self._engine.clock.tolist()
        self._simulator.advance()
        self._spike_log.add(self._engine.fired_places, *self._simulator.arrived)
        if self._link is not None:
            self._simulator.lose(self._link)

    def restart(self) -> None:
        """Reset to the state just after construction."""
        self._simulator.reset()
        self._spike_log.clear()
        self._before = self._engine.clock.tolist()
        self._change_silent(self._silent)
        if self._link is not None:
            self._link.restart()

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
        return self._build_overflow_counts + self._engine.overflow_counts

    @property
    def connectivity_bytes(self) -> int:
        """Memory of the weights and of the ways to them, on the host that simulates [bytes]."""
        return self._engine.chip.connectivity_bytes

    @property
    def model(self) -> Any:
        """Model that nengo-loihi built."""
        return self._simulator.model

    @property
    def spike_log(self) -> SpikeLog:
        """Log of the steps since a restart."""
        return self._spike_log

    @property
    def fired(self) -> np.ndarray:
        """Neurons that fired in the last step: compartments, block by block, then the host's."""
        return self._simulator.fired

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self._engine.counts_since(self._before)

    def close(self) -> None:
        """Free the simulator."""
        self._simulator.close()

    def _change_silent(self, neurons: np.ndarray) -> None:
        """Silence exactly these neurons, by an endless refractory period."""
        chip = self._engine.chip
        for chosen, steps in ((self._silent, 0), (neurons, FOREVER)):
            chip.index["waiting"][chip.arrangement.soma[self._neurons[chosen]]] = steps


class RescaledSimulation(EngineSimulation):
    """Simulation of the same network with its lossy blocks rescaled.

    See :mod:`spikearm.loihi_deploy.discretisation.rescaling`.
    """

    model_type = RescaledModel


class FloatSimulation(EngineSimulation):
    """Simulation with weights, currents and membranes in floating point."""

    target = "simreal"

    def chip_work(self, n_steps: int) -> np.ndarray:
        """Return zeros: no chip computes in floating point, and no core holds such thresholds."""
        return NeuralSimulation.chip_work(self, n_steps)
