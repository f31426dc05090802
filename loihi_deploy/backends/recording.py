"""Recorded run of a network, with the activity that the chip would have."""

from collections import Counter
from typing import Any

import nengo
import numpy as np

from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.backends.chip import ChipSimulation
from spikearm.loihi_deploy.backends.overflows import counted
from spikearm.loihi_deploy.backends.spike_log import SpikeLog, spike_log
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.discretisation.chip_model import (
    UnvalidatedChipModel,
    UnvalidatedRescaledModel,
)
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Q_BITS,
    U_BITS,
    decay_int,
    without_known_warnings,
)
from spikearm.loihi_deploy.simulator import Simulator
from spikearm.neural.counts import StepCounts


class RecordedSimulation(ChipSimulation):
    """Simulation on the compiled engine that records its activity.

    Blocks may be larger than the chip holds.

    Args:
        network: Network to run.
        rescaled: Rescale blocks that lose much to 8 bits, see
            :func:`spikearm.loihi_deploy.discretisation.rescaling.rescale`.

    Attributes:
        rescaled: True if blocks that lose much to 8 bits are rescaled.
    """

    def __init__(self, network: nengo.Network, rescaled: bool = False) -> None:
        super().__init__(network)
        self.rescaled = rescaled
        model = UnvalidatedRescaledModel() if rescaled else UnvalidatedChipModel()
        self._build_overflow_counts: Counter[str] = Counter()
        with without_known_warnings(), counted(self._build_overflow_counts):
            self._simulator = Simulator(network, model=model, precompute=False)
        self._engine, self._chip = self._simulator.engine, self._simulator.engine.chip
        self._dendrite = self._chip.arrangement.dendrite
        self._soma = self._chip.arrangement.soma
        self._decay = np.concatenate([one.compartment.decay_u for one in self.model.blocks])
        self._spike_log = spike_log(self._engine)
        self.forget()

    @property
    def model(self) -> Any:
        """Model that nengo-loihi built."""
        return self._simulator.model

    @property
    def seed(self) -> int:
        """Seed that the network was built with: its own, or a drawn one."""
        return self.model.seeds[self.network]

    @property
    def spike_log(self) -> SpikeLog:
        """Log of the steps since a restart, or since they were forgotten."""
        return self._spike_log

    @property
    def blocks(self) -> IntegerBlocks:
        """Blocks as the chip stores them."""
        return IntegerBlocks.of_model(self.model)

    @property
    def activity(self) -> Activity:
        """Activity so far."""
        return Activity(
            active_updates=self._active_updates,
            fired=self._spike_log.matrix(),
            input=self._input.copy(),
            current=self._current.copy(),
            membrane=self._membrane.copy(),
            error=self._error,
            overflow_counts=self.overflow_counts,
        )

    def step(self) -> None:
        """Advance by one control period."""
        self._before = self._engine.clock.tolist()
        state = self._chip.state
        current, voltage = state["current"][self._dendrite], state["voltage"][self._soma]
        with counted(self._overflow_counts):
            self._simulator.run_steps(1)
        self._record(current, voltage)

    def restart(self) -> None:
        """Reset to the state just after construction, and forget the activity."""
        self._simulator.reset()
        self.forget()

    def forget(self) -> None:
        """Forget the activity so far."""
        n = self._chip.n_compartments
        self._before = self._engine.clock.tolist()
        self._input, self._current, self._membrane = np.zeros((3, n), dtype=np.int64)
        self._spike_log.clear()
        self._active_updates = 0
        self._error = 0
        self._overflow_counts: Counter[str] = Counter()

    @property
    def overflow_counts(self) -> Counter[str]:
        """Steps in which a number was cut or overflowed, by kind, the build included."""
        return self._build_overflow_counts + self._overflow_counts

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self._engine.counts_since(self._before)

    def close(self) -> None:
        """Free the simulator."""
        self._simulator.close()

    def _record(self, current_before: np.ndarray, voltage_before: np.ndarray) -> None:
        """Record the last step.

        The synaptic input is the current less the decayed current of the step before; the engine
        has let both overflow.
        """
        state = self._chip.state
        current = state["current"][self._dendrite].astype(np.int64)
        kept = decay_int(current_before, self._decay, offset=1)
        arrived = _wrapped(_wrapped(current - kept, U_BITS), Q_BITS)
        drive = state["drive"][self._soma]
        for peak, value in (
            (self._input, arrived),
            (self._current, kept + arrived),
            (self._membrane, current + drive),
        ):
            np.maximum(peak, np.abs(value), out=peak)
        spiked = self._chip.spiked[self._soma]
        changed = (current != current_before) | (state["voltage"][self._soma] != voltage_before)
        self._active_updates += int(np.count_nonzero(changed | (spiked > 0)))
        self._error = max(self._error, int(np.abs(state["errors"]).max(initial=0)))
        self._spike_log.add(self._engine.fired_places, *self._simulator.arrived)


def _wrapped(values: np.ndarray, bits: int) -> np.ndarray:
    """Wrap integers to a number of bits beside their sign."""
    top = 1 << bits
    return (values + top) % (2 * top) - top
