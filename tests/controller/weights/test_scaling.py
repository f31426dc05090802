"""The nodes: its inputs one by one and all together. The scaling: against values by hand."""

from math import cos, sin

import numpy as np
import pytest

from spikearm.controller.weights.scaling import HostNodes, Scaling
from spikearm.neural.host_io import HostInput, HostOutput

# Two joints: sines, cosines, velocities and command, each with a centre and a half range.
SCALING = Scaling(
    middle=np.array([0.3, -1.1]),
    center=np.array([0.05, -0.1, 0.6, 0.75, 0.2, -0.3, 0.5, 0.0, -0.4, 1.5, 0.0, -2.0]),
    half_range=np.array([0.5, 0.8, 0.4, 0.25, 1.6, 0.9, 2.5, 2.0, 3.0, 7.0, 6.0, 5.0]),
    torque=np.array([40.0, 9.0]),
)
Q, DQ = np.array([0.7, -1.4]), np.array([-0.9, 0.4])
COMMAND = np.array([1.2, -0.8, 2.1, -4.0, 3.3, 1.9])
# By hand: the angles from the middle are 0.4 and -0.3.
SCALED = np.array(
    [
        (sin(0.4) - 0.05) / 0.5, (sin(-0.3) + 0.1) / 0.8,
        (cos(0.4) - 0.6) / 0.4, (cos(0.3) - 0.75) / 0.25,
        -1.1 / 1.6, 0.7 / 0.9,
        0.7 / 2.5, -0.4, 2.5 / 3.0, -5.5 / 7.0, 0.55, 0.78,
    ]
)  # fmt: skip


def test_a_host_input_gives_the_array_that_the_host_writes():
    host_input = HostInput(4)
    host_input.values[:] = [0.3, -0.2, 0.9, 0.1]
    assert host_input(0.37) is host_input.values
    np.testing.assert_array_equal(host_input(0.38), [0.3, -0.2, 0.9, 0.1])


def test_a_host_output_takes_values_rather_than_the_array():
    host_output = HostOutput(6)
    values, taken = host_output.values, np.linspace(-0.7, 1.2, 6)
    assert host_output(0.37, taken) is None
    taken[:] = 0.0
    assert host_output.values is values
    np.testing.assert_array_equal(values, np.linspace(-0.7, 1.2, 6))


def test_what_is_written_to_the_inputs_comes_out_of_the_outlets():
    nodes = HostNodes(n_joints=3, n_outputs=5)
    nodes.inputs[:] = np.arange(15.0)
    np.testing.assert_array_equal(nodes.posture(0.0), [0, 1, 2, 3, 4, 5])
    np.testing.assert_array_equal(nodes.velocities(0.0), [6, 7, 8])
    np.testing.assert_array_equal(nodes.command(0.0), [9, 10, 11, 12, 13, 14])
    assert nodes.outputs.values.shape == (5,)


def test_what_is_written_to_a_host_input_is_among_the_inputs():
    nodes = HostNodes(n_joints=3, n_outputs=5)
    nodes.posture.values[:] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    nodes.velocities.values[:] = [-1.0, -2.0, -3.0]
    nodes.command.values[:] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    np.testing.assert_array_equal(
        nodes.inputs, [1, 2, 3, 4, 5, 6, -1, -2, -3, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    )


def test_values_are_scaled_as_worked_out_by_hand():
    inputs = np.full(12, np.nan)
    SCALING.write(inputs, Q, DQ, COMMAND)
    assert np.abs(SCALED).max() < 1.0  # nothing is clipped
    np.testing.assert_allclose(inputs, SCALED, rtol=1e-12)


def test_the_posture_is_the_sine_then_the_cosine_of_the_angle_from_the_middle():
    plain = Scaling(SCALING.middle, np.zeros(12), np.ones(12), SCALING.torque)
    inputs = np.empty(12)
    plain.write(inputs, SCALING.middle + np.array([0.5, -2.0]), DQ, np.zeros(6))
    np.testing.assert_allclose(inputs[:4], [sin(0.5), sin(-2.0), cos(0.5), cos(2.0)], rtol=1e-12)
    plain.write(inputs, SCALING.middle + np.array([0.5 + 2 * np.pi, -2.0]), DQ, np.zeros(6))
    np.testing.assert_allclose(inputs[:4], [sin(0.5), sin(-2.0), cos(0.5), cos(2.0)], rtol=1e-9)


def test_many_moments_are_scaled_as_one_by_one():
    rng = np.random.default_rng(4)
    q, dq, command = (rng.normal(scale=1.5, size=(2, 7, n)) for n in (2, 2, 6))
    together, one = np.empty((2, 7, 12)), np.empty(12)
    SCALING.write(together, q, dq, command)
    for moment in np.ndindex(2, 7):
        SCALING.write(one, q[moment], dq[moment], command[moment])
        np.testing.assert_array_equal(together[moment], one)
    assert np.ptp(together, axis=(0, 1)).min() > 0.1


def test_one_command_may_go_with_many_states():
    inputs = np.empty((3, 12))
    SCALING.write(inputs, np.tile(Q, (3, 1)), np.tile(DQ, (3, 1)), COMMAND)
    np.testing.assert_allclose(inputs, np.tile(SCALED, (3, 1)))


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_what_is_beyond_the_half_range_is_cut_there(sign):
    inputs, edge = np.empty(12), SCALING.center + sign * SCALING.half_range
    SCALING.write(inputs, Q, edge[4:6] + sign * 0.01, edge[6:] + sign * 3.0)
    np.testing.assert_array_equal(inputs[4:], sign)
    SCALING.write(inputs, Q, edge[4:6] - sign * 0.01, edge[6:] - sign * 0.01)
    assert (np.abs(inputs[4:]) < 1.0).all()
    np.testing.assert_allclose(inputs[4:], sign, atol=0.02)


def test_a_posture_far_from_the_middle_is_cut_too():
    inputs = np.empty(12)
    SCALING.write(inputs, SCALING.middle + np.array([np.pi / 2, -np.pi / 2]), DQ, COMMAND)
    # Sines of 1 and -1 and cosines of 0 are all beyond their half ranges.
    np.testing.assert_array_equal(inputs[:4], [1.0, -1.0, -1.0, -1.0])


def test_what_is_sensed_is_left_alone():
    q, dq, command = Q.copy(), DQ.copy(), COMMAND.copy()
    SCALING.write(np.empty(12), q, dq, command)
    for given, kept in ((q, Q), (dq, DQ), (command, COMMAND)):
        np.testing.assert_array_equal(given, kept)
