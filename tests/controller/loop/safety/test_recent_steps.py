"""Counts in a window that slides."""

from spikearm.controller.loop.safety.recent_steps import RecentSteps, n_steps


def test_steps_are_counted_as_long_as_they_are_in_the_window():
    recent = RecentSteps(10)
    assert [recent.add(step) for step in (3, 4, 12, 13, 14, 40)] == [1, 2, 3, 3, 3, 1]
    assert recent.span == 1
    recent.add(47)
    assert recent.span == 8


def test_a_time_has_at_least_one_step():
    assert (n_steps(0.02, 0.001), n_steps(0.0001, 0.001), n_steps(0.0025, 0.002)) == (20, 1, 1)
