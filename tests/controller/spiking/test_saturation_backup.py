"""The saturation backup: silent in the range of the products, and the inertia at home beyond it."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.arm_models import ArmState, Pose, load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.saturation_backup import (
    FINE_EXCESS,
    HEADROOM,
    LARGEST_EXCESS,
    SLOW,
    SUDDEN,
    SaturationBackup,
)
from spikearm.controller.weights.trained import shipped
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

SETTLED, AVERAGED = 150, 150  # steps
SIMULATIONS = [("rate", NengoSimulation), ("loihi", EngineSimulation)]


@pytest.fixture(scope="module")
def model():
    return load_arm("gen3").model


@pytest.fixture(scope="module")
def weights():
    return shipped("gen3").weights


def step_with(command: np.ndarray) -> ControlStep:
    """Make a step whose command is the reference's acceleration, because there is no error."""
    pose, still = Pose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])), np.zeros(6)
    state = ArmState(0.0, np.zeros(7), np.zeros(7), pose, still)
    return ControlStep(state, Reference(pose, still, command))


def settle(backup: SaturationBackup, command: np.ndarray, n_steps: int = 2000) -> None:
    """Hand over a constant command until the slow low-pass has settled."""
    for _ in range(n_steps):
        backup.write(step_with(command))


def run(
    backup: SaturationBackup,
    simulation: type[NeuralSimulation],
    command: np.ndarray,
    lost: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Measure torques and the numbers of spikes, the host's too, for a constant command."""
    network = nengo.Network(seed=1)
    backup.add_to(network)
    settle(backup, command)
    torques, spikes = [], []
    with closing(simulation(network)) as running:
        if lost:
            assert isinstance(running, EngineSimulation)
            running.drop_host_spikes(lost, seed=3)
        for _ in range(SETTLED + AVERAGED):
            running.step()
            torques.append(backup.torque.copy())
            spikes.append(running.counts.spikes)
    return np.array(torques[SETTLED:]), np.array(spikes[SETTLED:])


@pytest.mark.parametrize(("stage", "simulation"), SIMULATIONS)
def test_host_and_neurons_are_silent_for_every_command_that_leaves_the_products_headroom(
    stage, simulation, model, weights
):
    backup = SaturationBackup.of_arm(model, weights, stage)
    middle, half = weights.scaling.center[-6:], weights.scaling.half_range[-6:]
    for sign in (np.ones(6), np.tile([1, -1], 3)):
        torques, spikes = run(backup, simulation, middle + 0.69 * sign * half)
        assert not spikes.any()
        assert not torques.any()


@pytest.mark.parametrize("largest", [FINE_EXCESS, LARGEST_EXCESS])
@pytest.mark.parametrize(("stage", "simulation"), SIMULATIONS)
def test_beyond_them_it_adds_the_excess_times_the_inertia_at_home(
    stage, simulation, largest, model, weights
):
    backup = SaturationBackup.of_arm(model, weights, stage)
    middle, half = weights.scaling.center[-6:], weights.scaling.half_range[-6:]
    task_map, rng = HomeInertia.of_arm(model).task_map, np.random.default_rng(5)
    for _ in range(3):
        excess = rng.uniform(-0.9 * largest, 0.9 * largest, 6) * half
        command = middle + np.sign(excess) * (1.0 - HEADROOM) * half + excess
        torques, spikes = run(backup, simulation, command)
        assert spikes.mean() > 1
        wanted = task_map @ excess
        # Each component is decoded from 8 neurons to a few percent of the range that it is in.
        tolerance = 0.06 * np.abs(task_map) @ (largest * half)
        assert (np.abs(wanted) > tolerance).any()
        assert (np.abs(torques.mean(axis=0) - wanted) < tolerance).all()


def test_what_spikes_that_are_lost_change_is_small_beside_a_load(model, weights):
    backup = SaturationBackup.of_arm(model, weights, "loihi")
    middle, half = weights.scaling.center[-6:], weights.scaling.half_range[-6:]
    command = middle + np.array([0.0, 0.0, 3.0, 0.0, 0.0, 0.0]) * half
    whole, lossy = (run(backup, EngineSimulation, command, lost)[0] for lost in (0.0, 0.1))
    largest = np.abs(whole.mean(axis=0)).max()
    assert largest > 1.0
    assert np.abs(lossy.mean(axis=0) - whole.mean(axis=0)).max() < 0.2 * largest
    assert lossy.std(axis=0).max() < 0.3 * largest


def test_it_takes_over_what_a_low_pass_of_the_command_has_beyond_the_range(model, weights):
    backup = SaturationBackup.of_arm(model, weights, "loihi")
    middle, half = weights.scaling.center[-6:], weights.scaling.half_range[-6:]
    size = np.array([3.0, -2.0, 0.5, 0.0, 5.0, -0.6])
    rising = 0.08  # s
    settle(backup, middle + size * half, round(1000 * rising))
    slow = size * (1.0 - np.exp(-rising / SLOW))
    bound = 1.0 - HEADROOM
    np.testing.assert_allclose(backup.taken, (slow - np.clip(slow, -bound, bound)) * half)
    assert np.count_nonzero(backup.taken) == 3
    backup.hold(step_with(middle).state)
    assert not backup.taken.any()


def test_what_oscillates_is_left_to_the_products(model, weights):
    backup = SaturationBackup.of_arm(model, weights, "loihi")
    middle, half = weights.scaling.center[-6:], weights.scaling.half_range[-6:]
    for step in range(1000):
        backup.write(step_with(middle + 1.5 * np.sin(2 * np.pi * 5.0 * 0.001 * step) * half))
        assert not backup.taken.any()


def test_what_is_too_large_for_an_oscillation_is_taken_over_at_once(model, weights):
    backup = SaturationBackup.of_arm(model, weights, "loihi")
    middle, half = weights.scaling.center[-6:], weights.scaling.half_range[-6:]
    backup.write(step_with(middle + np.array([6.5, -9.0, 3.9, 0.0, 4.0, -5.0]) * half))
    taken = np.array([2.5, -5.0, 0.0, 0.0, 0.0, -1.0])
    np.testing.assert_allclose(backup.taken, taken * half, atol=1e-9)
    assert SUDDEN == 4.0
