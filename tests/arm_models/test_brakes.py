"""Holding brakes: against the work that their torque can do."""

import numpy as np
import pytest

from spikearm.arm_models import Arm, load_arm

SPEED = 1.2  # rad/s


def moving(arm: Arm) -> Arm:
    """Let an arm move with all joints, in turns to either side."""
    signs = np.where(np.arange(arm.chain.n_joints) % 2, -1.0, 1.0)
    arm.reset(dq=SPEED * signs)
    return arm


@pytest.mark.parametrize("name", ["gen3", "fr3", "planar2"])
def test_an_arm_that_brakes_comes_to_rest_and_stays_there_against_gravity(name):
    arm = moving(load_arm(name))
    arm.step(arm.chain.torque_limits * 0.3)
    arm.brake()
    assert not arm.applied_torque.any()
    for _ in range(60):
        arm.advance()
    stopped = arm.state
    for _ in range(1000):
        arm.advance()
    assert np.abs(stopped.dq).max() < 1e-3
    assert np.abs(arm.state.q - stopped.q).max() < 1e-3


def test_brakes_take_as_much_energy_as_their_torque_can_and_no_more():
    arm = moving(load_arm("planar2"))  # without gravity's work: it moves in a level plane
    before = sum(arm.energy)
    arm.brake()
    arm.advance()
    turned = SPEED * arm.timestep  # by each joint, at most
    lost = before - sum(arm.energy)
    assert 0.5 * arm.chain.torque_limits.sum() * turned < lost
    assert lost < 1.01 * arm.chain.torque_limits.sum() * turned


def test_a_reset_releases_the_brakes_and_leaves_no_trace_of_them():
    arm, fresh = load_arm("fr3"), load_arm("fr3")  # whose joints have friction of their own
    arm.brake()
    arm.brake()
    torque = 0.2 * arm.chain.torque_limits
    for one in (arm, fresh):
        moving(one)
        for _ in range(40):
            one.step(torque)
    assert np.abs(fresh.state.dq).min() > 0.01
    np.testing.assert_array_equal(arm.state.q, fresh.state.q)
    np.testing.assert_array_equal(arm.state.dq, fresh.state.dq)


def test_friction_that_is_set_while_they_are_closed_acts_once_they_are_open():
    arm, rubbed = load_arm("gen3"), load_arm("gen3")
    arm.brake()
    arm.set_friction(1.3)
    for _ in range(30):
        arm.advance()
    assert np.abs(arm.state.dq).max() < 1e-3
    rubbed.set_friction(1.3)
    for one in (arm, rubbed):
        moving(one)
        for _ in range(20):
            one.advance()
    np.testing.assert_array_equal(arm.state.q, rubbed.state.q)
