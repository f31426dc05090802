"""Kernels that look at sensed states, by motions in closed form and against NumPy."""

import numpy as np
import pytest

from spikearm.controller.kernels import drift
from spikearm.controller.kernels.bounds import exceeds_motion, may_exceed_speed
from spikearm.controller.kernels.glance import take_sound
from spikearm.controller.kernels.readings import (
    NOT_FINITE,
    UNCHANGED,
    compare_readings,
    take_readings,
)

N_JOINTS = 6


def state(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw joint positions, velocities, and position, quaternion and velocity of the hand."""
    return [rng.normal(size=n) for n in (N_JOINTS, N_JOINTS, 3, 4, 6)]


def test_readings_are_compared_with_the_last_ones():
    rng = np.random.default_rng(11)
    last, same = np.full(2 * N_JOINTS + 3, np.nan), np.zeros(N_JOINTS + 1, dtype=bool)
    first, second = state(rng), state(rng)
    assert take_readings(*first, last, same) == 0
    second[0][[1, 4]] = first[0][[1, 4]]
    assert take_readings(*second, last, same) == UNCHANGED
    np.testing.assert_array_equal(np.flatnonzero(same), [1, 4])
    np.testing.assert_array_equal(last, [*second[0], *second[2], *second[1]])
    third = state(rng)
    third[2][:2] = second[2][:2]  # two coordinates of the hand alone are no hand that stays
    assert take_readings(*third, last, same) == 0
    fourth = state(rng)
    fourth[2] = third[2]
    assert take_readings(*fourth, last, same) == UNCHANGED
    np.testing.assert_array_equal(np.flatnonzero(same), [N_JOINTS])


@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_found_wherever_it_is(part, bad):
    for index in range(len(state(np.random.default_rng(0))[part])):
        given = state(np.random.default_rng(12))
        given[part][index] = bad
        last, same = np.zeros(2 * N_JOINTS + 3), np.zeros(N_JOINTS + 1, dtype=bool)
        assert compare_readings(*given, last, same) == NOT_FINITE


EVERY = 4  # steps between two checks of the drift
Memory = tuple[int, np.ndarray, np.ndarray, np.ndarray]


def swing(step: int) -> list[np.ndarray]:
    """Return a swing's joint positions, velocities, position, quaternion, velocity of the hand."""
    t, w = 1e-3 * step, np.arange(2.0, 2.0 + N_JOINTS)
    hand, speed = 0.2 * np.sin(w[:3] * t + 0.3), 0.2 * w[:3] * np.cos(w[:3] * t + 0.3)
    return [
        0.5 * np.sin(w * t + 1.0), 0.5 * w * np.cos(w * t + 1.0),
        hand, np.array([1.0, 0.0, 0.0, 0.0]), np.concatenate([speed, np.zeros(3)]),
    ]  # fmt: skip


def drift_memory() -> Memory:
    """Return a memory that keeps 0.9 of the drift, and nothing else yet."""
    table = np.zeros((5, N_JOINTS + 3))
    table[drift.PASSED], table[drift.LIMITS] = np.nan, 0.05
    numbers = np.array([0.0, 0.0, 0.0, 0.9, 0.3, 0.2, 10.0])
    return EVERY, np.full(2 * N_JOINTS + 3, np.nan), table, numbers


def take_drift(time: float, state: list[np.ndarray], memory: Memory) -> int:
    q, dq, position, _, velocity = state
    every, *rest = memory
    return drift.take_drift(every, time, q, dq, position, velocity, *rest)


def test_the_drift_is_what_positions_gain_on_the_mean_of_velocities():
    memory = drift_memory()
    *_, table, _ = memory
    expected, passed, passed_at, speeds = np.zeros(N_JOINTS + 3), None, 0.0, []
    for step in range(60):
        state, time = swing(step), 1e-3 * step
        state[0][2] += 2e-4 * step  # an encoder that runs away
        found = take_drift(time, state, memory)
        now = np.concatenate([state[0], state[2]])
        speeds.append(np.concatenate([state[1], state[4][:3]]))
        assert found == (drift.SOUND_STATE if step % EVERY == 0 else drift.NOT_DUE)
        if step % EVERY == 0:
            way = (time - passed_at) * np.mean(speeds, axis=0)
            gained = 0.0 if passed is None else now - passed - way
            expected = 0.9 * expected + gained
            np.testing.assert_allclose(table[drift.DRIFT], expected, atol=1e-14)
            passed, passed_at, speeds = now, time, []
    assert expected[2] > 4e-3 > 10 * abs(np.delete(expected, 2)).max()


def test_a_state_that_is_far_is_found_at_once_and_left_out_of_the_drift():
    memory = drift_memory()
    for step in range(30):
        state = swing(step)
        if step == 14:
            bad = [values.copy() for values in state]
            bad[2][1] += 0.3
            assert take_drift(1e-3 * step, bad, memory) == drift.FAR_STATE
            far = abs(memory[2][drift.NEXT]) > memory[2][drift.LIMITS]
            np.testing.assert_array_equal(np.flatnonzero(far), [N_JOINTS + 1])
            continue
        found = take_drift(1e-3 * step, state, memory)
        # After a far state each is checked, until one is sound.
        due = step == 15 or (step - 15) % EVERY == 0 if step > 14 else step % EVERY == 0
        assert found == (drift.SOUND_STATE if due else drift.NOT_DUE)
    assert abs(memory[2][drift.DRIFT]).max() < 1e-3


@pytest.mark.parametrize("which", [0, 1, 2])
def test_positions_and_speeds_that_jump_are_checked_at_once(which):
    for factor, found in ((0.99, drift.NOT_DUE), (1.01, drift.SOUND_STATE)):
        memory, state = drift_memory(), swing(0)
        memory[2][drift.LIMITS] = 100.0
        take_drift(0.0, state, memory)
        way = np.random.default_rng(13).normal(size=len(state[which]))
        jump = [0.3, 10.0, 0.2][which]
        state[which] = state[which] + factor * jump * way / np.linalg.norm(way)
        assert take_drift(1e-3, state, memory) == found


def sound_memory() -> tuple:
    readings = np.full(2 * N_JOINTS + 3, np.nan), np.zeros(N_JOINTS + 1, dtype=bool)
    return (*readings, *drift_memory(), 20.0, 0.1)


def copies(memory: tuple) -> list[np.ndarray]:
    return [np.array(one) for one in memory]


def test_a_glance_keeps_of_a_sound_state_what_the_checks_keep():
    glanced, checked = sound_memory(), sound_memory()
    for step in range(40):
        state, time = swing(step), 1e-3 * step
        assert take_sound(time, *state, state[2] + 0.05, *glanced)
        assert not take_readings(*state, *checked[:2])
        assert take_drift(time, state, checked[2:6]) != drift.FAR_STATE
        for ours, theirs in zip(glanced, checked, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def spoil(state: list[np.ndarray], fault: str) -> None:
    if fault == "not finite":
        state[4][4] = np.nan
    elif fault == "unchanged":
        state[0][1] = swing(9)[0][1]
    elif fault == "far":
        state[0][1] += 0.5
    elif fault == "fast":
        state[1][3] = -21.0


@pytest.mark.parametrize("fault", ["not finite", "unchanged", "far", "fast", "off"])
def test_a_glance_keeps_nothing_of_a_state_that_a_check_might_not_pass(fault):
    memory = sound_memory()
    for step in range(10):
        assert take_sound(1e-3 * step, *swing(step), swing(step)[2], *memory)
    state, before = swing(10), copies(memory)
    wanted = state[2] + (0.11 / np.sqrt(3) if fault == "off" else 0.0)
    spoil(state, fault)
    assert not take_sound(0.01, *state, wanted, *memory)
    # All but what is worked out anew with every state.
    before[1], after = memory[1], copies(memory)
    before[4][drift.NEXT] = after[4][drift.NEXT]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("part", range(5))
def test_a_state_of_another_shape_is_refused(part):
    given = state(np.random.default_rng(14))
    given[part] = given[part][:-1]
    with pytest.raises(ValueError, match="shape"):
        compare_readings(*given, np.zeros(2 * N_JOINTS + 3), np.zeros(N_JOINTS + 1, dtype=bool))


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_of_speeds_is_above_all_that_a_torque_leads_to(seed):
    rng = np.random.default_rng(seed)
    dq, torque, resting = rng.normal(size=(3, N_JOINTS))
    gain = rng.normal(size=(N_JOINTS, N_JOINTS))
    most = np.linalg.norm(gain, axis=1).max()
    bound = abs(dq).max() + most * np.linalg.norm(torque - resting)
    assert bound > abs(dq + gain @ (torque - resting)).max()
    assert not may_exceed_speed(dq, torque, resting, most, 1.001 * bound)
    assert may_exceed_speed(dq, torque, resting, most, 0.999 * bound)
    assert may_exceed_speed(dq, np.full(N_JOINTS, np.nan), resting, most, 1.001 * bound)


def test_a_motion_is_beyond_its_bounds_by_one_joint_or_by_the_hand():
    rng = np.random.default_rng(15)
    dq, (wanted, hand) = rng.normal(size=N_JOINTS), rng.normal(size=(2, 3))
    fastest, far = abs(dq).max(), np.linalg.norm(wanted - hand)
    for speed, distance, expected in [
        (1.01, 1.01, False), (0.99, 1.01, True), (1.01, 0.99, True), (0.99, 0.99, True),
    ]:  # fmt: skip
        found = exceeds_motion(dq, speed * fastest, wanted, hand, distance * far)
        assert found == expected
    assert exceeds_motion(dq, 2 * fastest, np.full(3, np.nan), hand, 2 * far)
    with pytest.raises(ValueError, match="shape"):
        exceeds_motion(dq, 1.0, wanted[:2], hand, 1.0)
