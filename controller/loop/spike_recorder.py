"""Recorder of a network's spikes during a motion."""

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.controller.references.reference import Reference
from spikearm.neural.spikes import SpikeReadingSimulation, SpikeTrains


class SpikeRecorder:
    """Recorder of a network's spikes: an observer of the closed loop, one for each motion.

    Args:
        simulation: Simulation of the network.
    """

    def __init__(self, simulation: SpikeReadingSimulation) -> None:
        self._simulation = simulation
        self._spiked: list[np.ndarray] = []

    def __call__(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Write down a step."""
        self._spiked.append(self._simulation.spiked)

    def finish(self, held: np.ndarray) -> SpikeTrains:
        """Return the spikes of the motion.

        Args:
            held: Steps in which the network was not asked, 0 or 1, shape (n_steps,).
        """
        nobody = np.zeros(0, dtype=np.int32)
        asked = [nobody if out else one for out, one in zip(held, self._spiked, strict=True)]
        return SpikeTrains.of_steps(self._simulation.populations, asked)


def spike_recorder(controller: Controller) -> SpikeRecorder | None:
    """Build a recorder of a controller's network; None if it has no spikes that can be read."""
    neural = unwrap(controller, NeuralController)
    simulation = neural.simulation if neural else None
    if not isinstance(simulation, SpikeReadingSimulation) or not simulation.populations:
        return None
    return SpikeRecorder(simulation)
