"""Dry friction: the torque against the analytic law, the neurons against closed forms."""

from contextlib import closing
from dataclasses import replace
from math import tanh

import numpy as np
import pytest

from spikearm.arm_models import ArmState, Pose, load_arm
from spikearm.controller.classical.command import task_command
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import (
    FRICTION_SPEED,
    OperationalSpaceController,
    drift_torque,
    task_inertia,
)
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.training.compression import Compression
from spikearm.controller.training.friction import (
    FULL_SPEED,
    INTERCEPTS,
    MAX_RATES,
    PER_JOINT,
    friction_neurons,
)
from spikearm.controller.training.products import assemble, draw_commands, solve_readout
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.membrane import LEAKY, TAU_REF
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import Scaling
from spikearm.neural.nengo_simulation import NengoSimulation

SCALING = Scaling(
    np.array([0.1, -0.3, 0.5]), np.repeat([0.0, 0.6, 0.0, 0.0, 0.0], 3),
    np.r_[np.repeat([1.3, 0.7], 3), 1.4, 2.0, 0.9, np.repeat([4.0, 9.0], 3)],
    np.array([6.0, 4.0, 3.0]),
)  # fmt: skip
# Two of three joints rub.
ROUGH = DryFriction(
    np.array([1.4, 0.0, 0.6]), np.random.default_rng(81).normal(scale=0.03, size=(3, 6))
)
RUBBING = np.repeat([0, 2], PER_JOINT)  # the joint of each neuron


def test_the_friction_is_the_models():
    model = load_arm("fr3").model
    friction = DryFriction.of(model)
    assert (friction.torque > 0).all()
    assert len(set(friction.torque.tolist())) > 2
    np.testing.assert_array_equal(friction.torque, model.friction)


def test_a_command_adds_the_joint_speed_of_least_energy_that_moves_the_hand_so():
    model = load_arm("fr3").model
    home = model.dynamics(model.chain.home)
    command = np.array([0.7, -0.4, 1.1, 2.0, -1.5, 0.6])
    added = DryFriction.of(model, Gains(kv=16.0)).wanted @ command
    # The speed at which a command would vanish is w / kv away.
    np.testing.assert_allclose(home.jacobian @ added, command / 16.0, atol=1e-9)
    # Of all speeds that do, the one without a share that leaves the hand alone.
    idle = np.linalg.svd(home.jacobian)[2][-1]
    np.testing.assert_allclose(home.jacobian @ idle, 0.0, atol=1e-12)
    assert idle @ home.mass_matrix @ added == pytest.approx(0.0, abs=1e-9)
    assert abs(idle @ added) > 1e-3


def test_where_nothing_rubs_there_is_no_torque_and_there_are_no_neurons():
    friction = DryFriction.of(load_arm("gen3").model)
    rng = np.random.default_rng(82)
    velocities, commands = rng.normal(size=(5, 7)), rng.normal(size=(5, 6))
    np.testing.assert_array_equal(friction.compensate(velocities, commands), np.zeros((5, 7)))
    scaling = Scaling(np.zeros(7), np.zeros(27), np.linspace(0.5, 2.0, 27), np.ones(7))
    velocity, command, bias = friction_neurons(friction, scaling, rng)
    assert (velocity.shape, command.shape, bias.shape) == ((0, 7), (0, 6), (0,))


def test_the_torque_is_the_one_worked_out_by_hand():
    wanted = np.zeros((2, 6))
    wanted[0, 1], wanted[0, 3], wanted[1, 5] = 0.02, -0.01, 0.05
    friction = DryFriction(np.array([1.2, 0.5]), wanted)
    velocities = np.array([[0.03, -0.04], [-0.02, 0.01]])
    commands = np.array([[7.0, 0.5, 3.0, 4.0, 9.0, 1.2], [0.0, -1.0, 0.0, 3.0, 0.0, -0.4]])
    # 0.03 + 0.01 - 0.04 = 0 and -0.04 + 0.06 = 0.02; -0.02 - 0.02 - 0.03 = -0.07 and
    # 0.01 - 0.02 = -0.01 rad/s.
    v = FRICTION_SPEED
    expected = [[0.0, 0.5 * tanh(0.02 / v)], [1.2 * tanh(-0.07 / v), 0.5 * tanh(-0.01 / v)]]
    np.testing.assert_allclose(friction.compensate(velocities, commands), expected, atol=1e-15)


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_the_torque_saturates_at_the_friction_torque(side):
    still, none = np.zeros((1, 3)), np.zeros((1, 6))
    fast = np.full((1, 3), side * 6 * FRICTION_SPEED)
    # What a command adds alone counts like a speed that is sensed.
    push = np.linalg.lstsq(ROUGH.wanted, fast[0])[0][None]
    for torque in (ROUGH.compensate(fast, none), ROUGH.compensate(still, push)):
        assert (np.abs(torque) <= ROUGH.torque).all()
        # 1 - tanh(6) is 1.2e-5.
        np.testing.assert_allclose(torque[0], side * ROUGH.torque, atol=2e-5)
    slow = ROUGH.compensate(fast / 12, none)[0]
    np.testing.assert_allclose(slow, side * ROUGH.torque * 0.46212, atol=1e-5)  # tanh(1/2)


@pytest.mark.parametrize("seed", [91, 92, 93])
def test_at_home_it_is_what_the_analytic_law_adds(seed):
    model, gains = load_arm("fr3").model, Gains(kp=110.0, ko=90.0, kv=23.0)
    q, rng = model.chain.home, np.random.default_rng(seed)
    home = model.dynamics(q)
    L, Jbar = task_inertia(home)
    # Only for joint speeds in the image of Jbar does the hand's velocity tell every joint's.
    dq = Jbar @ rng.uniform(-0.1, 0.1, 6)
    here = model.dynamics(q, dq)
    state = ArmState(0.3, q, dq, here.hand, here.jacobian @ dq)
    goal = Pose(here.hand.position + rng.uniform(-0.01, 0.01, 3), here.hand.quaternion)
    reference = Reference(
        goal, state.hand_velocity + rng.uniform(-0.05, 0.05, 6), rng.uniform(-0.7, 0.7, 6)
    )
    command = task_command(state, reference, gains, "acceleration")
    law = OperationalSpaceController(model, gains).torque(state, reference)
    added = law - drift_torque(model, here, q, dq, gains) - here.jacobian.T @ L @ command
    friction = DryFriction.of(model, gains)
    turned = np.abs(added) / friction.torque
    assert turned.max() > 0.5
    assert turned.min() < 0.95  # not all is saturated
    compensated = friction.compensate(dq[None], command[None])[0]
    np.testing.assert_allclose(compensated, added, atol=1e-9)
    without = friction.compensate(dq[None], np.zeros((1, 6)))[0]
    assert np.abs(without - added).max() > 0.05  # the command matters


def lif_rate(current: np.ndarray) -> np.ndarray:
    """Give the closed form of a leaky integrate-and-fire neuron's rate [Hz]."""
    above = np.maximum(current - 1.0, 1e-12)
    return np.where(current > 1.0, 1.0 / (TAU_REF + LEAKY.tau_rc * np.log1p(1.0 / above)), 0.0)


def unscaled(seed: int = 83) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make neurons; give their weights per rad/s and per m/s^2 or rad/s^2, and their biases."""
    velocity, command, bias = friction_neurons(ROUGH, SCALING, np.random.default_rng(seed))
    return velocity / SCALING.half_range[6:9], command / SCALING.half_range[9:], bias


def test_each_neuron_sees_one_joint_and_every_joint_that_rubs_is_seen_alike():
    velocity, command, bias = unscaled()
    assert (velocity.shape, command.shape, bias.shape) == ((120, 3), (120, 6), (120,))
    np.testing.assert_array_equal(np.count_nonzero(velocity, axis=1), 1)
    np.testing.assert_array_equal(velocity.nonzero()[1], RUBBING)


def test_a_neuron_takes_what_the_command_adds_for_speed():
    velocity, command, _ = unscaled()
    gain = velocity[np.arange(120), RUBBING]
    np.testing.assert_allclose(command, gain[:, None] * ROUGH.wanted[RUBBING], rtol=1e-12)
    # A command that asks for as much speed as is sensed the other way leaves no current.
    w = np.array([1.1, -2.0, 0.4, 3.0, -0.7, 1.9])
    current = command @ w
    assert np.abs(current).max() > 0.1
    np.testing.assert_allclose(current - velocity @ (ROUGH.wanted @ w), 0.0, atol=1e-12)


def test_at_full_speed_in_its_own_direction_a_neuron_has_its_largest_rate():
    velocity, _, bias = unscaled()
    direction = np.sign(velocity[np.arange(120), RUBBING])
    speeds = direction[:, None] * np.eye(3)[RUBBING] * FULL_SPEED
    largest = lif_rate((velocity * speeds).sum(axis=1) + bias)
    assert largest.min() >= MAX_RATES[0]
    assert largest.max() <= MAX_RATES[1]
    assert largest.std() > 0.2 * (MAX_RATES[1] - MAX_RATES[0])
    against = lif_rate(bias - (velocity * speeds).sum(axis=1))
    np.testing.assert_array_equal(against, 0.0)
    for joint in (0, 2):
        assert 0.3 < (direction[joint == RUBBING] > 0).mean() < 0.7


def test_neurons_begin_to_fire_about_where_the_torque_turns():
    velocity, _, bias = unscaled()
    gain = np.abs(velocity[np.arange(120), RUBBING])
    intercepts = (1.0 - bias) / gain  # rad/s, in a neuron's own direction
    assert np.abs(intercepts).max() <= INTERCEPTS * (1 + 1e-12)
    # Uniform: a deviation of 0.58 of the largest, on both sides.
    assert 0.45 < intercepts.std() / INTERCEPTS < 0.7
    assert 0.35 < (intercepts > 0).mean() < 0.65
    at_threshold = bias + gain * intercepts
    np.testing.assert_array_equal(lif_rate(at_threshold - 1e-9), 0.0)
    assert (lif_rate(at_threshold + 1e-3) > 1.0).all()


def test_one_seed_makes_the_same_neurons_and_two_seeds_differ():
    first, again, other = (unscaled(seed) for seed in (83, 83, 84))
    for ours, theirs, another in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert np.abs(ours - another).max() > 0.1


def small_network(friction: DryFriction) -> NetworkWeights:
    rng = np.random.default_rng(85)
    compression = Compression(
        first=rng.normal(scale=0.7, size=(60, 9)), first_bias=rng.uniform(1.0, 2.6, 60),
        second=rng.normal(scale=0.006, size=(40, 60)), second_bias=rng.uniform(1.2, 2.4, 40),
        latent=rng.normal(scale=0.004, size=(2, 40)), latent_bias=np.array([0.2, -0.1]),
        maps=np.zeros((18, 2)), maps_bias=np.zeros(18), drift_first=np.zeros((3, 60)),
        drift_second=np.zeros((3, 40)), drift_bias=np.zeros(3),
    )  # fmt: skip
    return assemble(compression, SCALING, LEAKY, 240, rng, friction)


def draw_samples(n: int, rng: np.random.Generator) -> Samples:
    """Draw states of a law that is the same in all of them, but for friction."""
    task_map = np.array([[0.5, -0.2, 0.3, 0.1, -0.2, 0.1]] * 3) * np.array([[1.0], [-0.8], [0.5]])
    return Samples(
        SCALING.middle + rng.uniform(-0.6, 0.6, (n, 3)), rng.normal(scale=0.2, size=(n, 3)),
        np.tile(task_map, (n, 1, 1)), np.tile([1.5, -0.8, 0.4], (n, 1)),
    )  # fmt: skip


def settled_torque(weights: NetworkWeights, samples: Samples, commands: np.ndarray) -> np.ndarray:
    """Give the torque that rate neurons decode in the end [N m]."""
    made = build_network(weights, "rate")
    torques = []
    with closing(NengoSimulation(made.network)) as simulation:
        for q, dq, command in zip(samples.positions, samples.velocities, commands, strict=True):
            weights.scaling.write(made.nodes.inputs, q, dq, command)
            for _ in range(150):
                simulation.step()
            torques.append(made.nodes.outputs.values * weights.scaling.torque)
    return np.array(torques)


def test_settled_neurons_give_the_friction_torque_which_others_cannot():
    rng = np.random.default_rng(86)
    taught, shown = draw_samples(4000, rng), draw_samples(30, rng)
    given, commands = (draw_commands(SCALING, n, rng) for n in (4000, 30))
    smooth = np.array([T @ w for T, w in zip(shown.task_map, commands, strict=True)]) + shown.drift
    speed = shown.velocities + np.array([ROUGH.wanted @ w for w in commands])
    wanted = np.tanh(speed / FRICTION_SPEED)[:, [0, 2]]
    assert 0.1 < np.mean(np.abs(wanted) < 0.9) < 0.6  # both where it turns and where it does not
    settled = []
    for seen in (ROUGH, replace(ROUGH, torque=np.zeros(3))):
        weights = small_network(seen)
        weights = weights.with_readout("rate", solve_readout(weights, taught, given, "rate", ROUGH))
        decoded = settled_torque(weights, shown, commands) - smooth
        settled.append(decoded[:, [0, 2]] / ROUGH.torque[[0, 2]] - wanted)
    error, without = (np.sqrt(np.square(wrong).mean(axis=0)) for wrong in settled)
    # Sixty neurons for each tanh, and a readout that is pulled to zero.
    assert (error > 1e-3).all()
    assert (error < 0.05).all()
    assert np.abs(settled[0]).max() < 0.15
    assert (without > 6 * error).all()
