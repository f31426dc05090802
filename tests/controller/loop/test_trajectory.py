"""Recorded trajectories: frozen, short to look at, and tables for those who want one."""

import sys
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.arm_models import SpikearmError
from spikearm.controller.loop.trajectory import Trajectory


@pytest.fixture
def trajectory() -> Trajectory:
    """Fill in 40 steps of 2 ms and three joints with numbers that differ everywhere."""
    drawn = blank_trajectory(40, 3)
    rng = np.random.default_rng(5)
    for field in fields(Trajectory):
        values = getattr(drawn, field.name)
        values[:] = rng.integers(1, 1000, values.shape)
    drawn.time[:] = 0.002 * np.arange(1, 41)
    return Trajectory(**{field.name: getattr(drawn, field.name) for field in fields(drawn)})


@pytest.mark.parametrize("field", [field.name for field in fields(Trajectory)])
def test_nothing_in_it_can_be_changed(trajectory, field):
    with pytest.raises(ValueError, match="read-only"):
        getattr(trajectory, field)[0] = 7
    with pytest.raises(FrozenInstanceError):
        setattr(trajectory, field, np.zeros(40))


def test_arrays_that_it_was_made_of_stay_writable():
    columns = {f.name: getattr(blank_trajectory(4, 2), f.name).copy() for f in fields(Trajectory)}
    Trajectory(**columns)
    columns["q"][0] = 7.0


def test_it_is_shown_in_a_line(trajectory):
    assert repr(trajectory) == "Trajectory(40 steps of 3 joints, 0.08 s)"


def test_its_table_has_a_row_per_step_and_a_column_per_number(trajectory):
    pytest.importorskip("pandas")
    table = trajectory.to_pandas()
    np.testing.assert_array_equal(table.index, trajectory.time)
    np.testing.assert_array_equal(table["torque_1"], trajectory.torque[:, 1])
    np.testing.assert_array_equal(table["hand_position_z"], trajectory.hand_position[:, 2])
    np.testing.assert_array_equal(table["hand_quaternion_w"], trajectory.hand_quaternion[:, 0])
    np.testing.assert_array_equal(table["spikes"], trajectory.spikes)
    n_numbers = sum(getattr(trajectory, f.name)[0].size for f in fields(Trajectory))
    assert table.shape == (40, n_numbers - 1)


def test_without_pandas_it_says_what_to_install(trajectory, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(SpikearmError, match="pip install pandas"):
        trajectory.to_pandas()
