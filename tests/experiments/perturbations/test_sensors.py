"""Noisy and failing sensors: what is sensed against what is there."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.references.pose_error import rotation_error
from spikearm.experiments.perturbations.sensor_failure import FailingSensors
from spikearm.experiments.perturbations.sensor_noise import SPEED_TIME, NoisySensors

DEVIATION = 2e-4  # rad


def moving_state(arm):
    rng = np.random.default_rng(4)
    n = arm.chain.n_joints
    return arm.reset(arm.chain.home + rng.uniform(-0.2, 0.2, n), rng.uniform(-1, 1, n))


def test_noise_has_the_deviation_that_was_asked_for_and_is_new_every_time(arm):
    state = moving_state(arm)
    noisy = NoisySensors(arm.model, DEVIATION, np.random.default_rng(1))
    sensed = [noisy(state) for _ in range(800)]
    for name, deviation in (("q", DEVIATION), ("dq", np.sqrt(2) * DEVIATION / SPEED_TIME)):
        noise = np.array([getattr(one, name) for one in sensed]) - getattr(state, name)
        # Of 800 draws, the deviation is known to 2.5 %, and their mean to 3.5 % of it.
        np.testing.assert_allclose(noise.std(axis=0), deviation, rtol=0.12)
        assert (np.abs(noise.mean(axis=0)) < 0.18 * deviation).all()


def test_the_hand_that_is_sensed_is_where_the_noisy_joints_put_it(arm):
    sensed = NoisySensors(arm.model, 0.01, np.random.default_rng(2))(moving_state(arm))
    there = load_arm("gen3").reset(sensed.q, sensed.dq)  # an arm that really is there
    np.testing.assert_allclose(sensed.hand.position, there.hand.position, atol=1e-12)
    turn = rotation_error(sensed.hand.quaternion, there.hand.quaternion)
    np.testing.assert_allclose(turn, 0.0, atol=1e-9)
    np.testing.assert_allclose(sensed.hand_velocity, there.hand_velocity, atol=1e-9)
    assert np.linalg.norm(sensed.hand.position - moving_state(arm).hand.position) > 1e-3


def test_one_seed_gives_the_same_noise_and_two_do_not(arm):
    state = moving_state(arm)
    one, again, other = (
        NoisySensors(arm.model, DEVIATION, np.random.default_rng(seed))(state).q
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(one, again)
    assert (one != other).all()


@pytest.mark.parametrize("freeze", [False, True])
def test_sensors_fail_in_the_steps_that_were_asked_for_and_in_no_other(arm, freeze):
    failing = FailingSensors((0.02, 0.05), 0.004, 0.001, freeze)
    arm.reset()
    true, sensed = [], []
    for _ in range(70):
        true.append(arm.state)
        sensed.append(failing(true[-1]))
        arm.step(arm.chain.torque_limits * 0.2)
    wrong = [step for step in range(70) if not np.array_equal(sensed[step].q, true[step].q)]
    assert wrong == [20, 21, 22, 23, 50, 51, 52, 53]
    for step in wrong:
        assert sensed[step].time == true[step].time
        numbers = np.concatenate(
            [sensed[step].q, sensed[step].dq, *sensed[step].hand, sensed[step].hand_velocity]
        )
        if freeze:
            last = true[19 if step < 30 else 49]
            np.testing.assert_array_equal(sensed[step].dq, last.dq)
            np.testing.assert_array_equal(sensed[step].hand.position, last.hand.position)
        else:
            assert np.isnan(numbers).all()
