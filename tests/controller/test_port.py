"""The port: its inputs one by one and all together."""

import numpy as np

from controller.port import Port


def test_what_is_written_to_the_inputs_comes_out_of_the_outlets():
    port = Port(n_joints=3, n_shares=2)
    port.inputs[:] = np.arange(12.0)
    np.testing.assert_array_equal(port.positions(0.0), [0, 1, 2])
    np.testing.assert_array_equal(port.velocities(0.0), [3, 4, 5])
    np.testing.assert_array_equal(port.command(0.0), [6, 7, 8, 9, 10, 11])
    port.velocities.values[:] = [-1, -2, -3]
    np.testing.assert_array_equal(port.inputs, [0, 1, 2, -1, -2, -3, 6, 7, 8, 9, 10, 11])


def test_the_torque_is_taken_by_value():
    port = Port(n_joints=3, n_shares=2)
    values, taken = port.torque.values, np.linspace(-1, 1, 6)
    port.torque(0.0, taken)
    taken[:] = 0.0
    np.testing.assert_array_equal(values, np.linspace(-1, 1, 6))
