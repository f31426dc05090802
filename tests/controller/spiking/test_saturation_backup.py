"""The saturation backup: silent in the range of the products, and the inertia at home beyond it."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.arm_models import ArmState, Pose, load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.saturation_backup import LARGEST_COMMAND, SaturationBackup
from spikearm.controller.spiking.spiking_network import neuron_type
from spikearm.controller.spiking.trained import shipped
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

SETTLED, AVERAGED = 150, 150  # steps
SIMULATIONS = [("rate", NengoSimulation), ("loihi", EngineSimulation)]
# Towards a chip a command is coded by spikes: what they say of it ripples.
SILENT_SHARE = {"rate": 0.999, "loihi": 0.8}


@pytest.fixture(scope="module")
def task_map() -> np.ndarray:
    return HomeInertia.of_arm(load_arm("gen3").model).task_map


@pytest.fixture(scope="module")
def scaling():
    return shipped("gen3").weights.scaling


def step_with(command: np.ndarray) -> ControlStep:
    """Make a step whose command is the reference's acceleration, because there is no error."""
    pose, still = Pose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])), np.zeros(6)
    state = ArmState(0.0, np.zeros(7), np.zeros(7), pose, still)
    return ControlStep(state, Reference(pose, still, command))


def mean_torque(
    backup: SaturationBackup, simulation: type[NeuralSimulation], command: np.ndarray
) -> tuple[np.ndarray, float]:
    """Measure the mean torque for a constant command, and the spikes of a step."""
    network = nengo.Network(seed=1)
    backup.add_to(network)
    backup.write(step_with(command))
    torques, spikes = [], []
    with closing(simulation(network)) as running:
        for _ in range(SETTLED + AVERAGED):
            running.step()
            torques.append(backup.torque.copy())
            spikes.append(running.counts.spikes - running.counts.host_spikes)
    return np.mean(torques[SETTLED:], axis=0), float(np.mean(spikes[SETTLED:]))


@pytest.mark.parametrize(("stage", "simulation"), SIMULATIONS)
def test_it_is_silent_for_every_command_that_the_products_take(
    stage, simulation, scaling, task_map
):
    backup = SaturationBackup(scaling, task_map, neuron_type(stage), tau=0.01)
    middle, half = scaling.center[-6:], scaling.half_range[-6:]
    for sign in (np.ones(6), np.tile([1, -1], 3)):
        torque, spikes = mean_torque(backup, simulation, middle + SILENT_SHARE[stage] * sign * half)
        assert spikes == 0
        np.testing.assert_array_equal(torque, 0.0)


@pytest.mark.parametrize(("stage", "simulation"), SIMULATIONS)
def test_beyond_them_it_adds_the_excess_times_the_inertia_at_home(
    stage, simulation, scaling, task_map
):
    backup = SaturationBackup(scaling, task_map, neuron_type(stage), tau=0.01)
    middle, half = scaling.center[-6:], scaling.half_range[-6:]
    rng = np.random.default_rng(5)
    for _ in range(3):
        command = middle + rng.uniform(-0.9 * LARGEST_COMMAND, 0.9 * LARGEST_COMMAND, 6) * half
        excess = command - np.clip(command, middle - half, middle + half)
        torque, spikes = mean_torque(backup, simulation, command)
        assert spikes > 1
        wanted = task_map @ excess
        # Each component is decoded from 24 neurons to a few percent of the largest.
        tolerance = 0.06 * np.abs(task_map) @ (LARGEST_COMMAND * half)
        assert (np.abs(wanted) > tolerance).any()
        assert (np.abs(torque - wanted) < tolerance).all()
