"""Courses of targets: places for their time, and a circle of its radius and speed."""

import numpy as np
import pytest

from spikearm.experiments.seen.course.course import Circle, Jumps


def test_a_target_that_jumps_stands_at_each_place_for_its_time():
    places = np.arange(6.0).reshape(2, 3)
    course = Jumps(places, stay=0.8)
    assert course.duration == pytest.approx(1.6)
    at = [course.at(time).tolist() for time in (0.0, 0.796, 0.8, 1.6)]
    assert at == [places[0].tolist()] * 2 + [places[1].tolist()] * 2


def test_a_circle_is_gone_round_at_its_speed():
    middle, axes = np.array([0.4, 0.1, 0.3]), np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    course = Circle(middle, axes, radius=0.12, rate=-0.2, phase=0.7, turns=1.5)
    assert course.duration == pytest.approx(7.5)
    times = np.linspace(0.0, 5.0, 2001)
    path = np.array([course.at(time) for time in times])
    assert np.linalg.norm(path - middle, axis=1) == pytest.approx(np.full(2001, 0.12))
    assert path[-1] == pytest.approx(path[0])
    speed = np.linalg.norm(np.diff(path, axis=0), axis=1) / np.diff(times)
    assert speed == pytest.approx(np.full(2000, 2 * np.pi * 0.12 * 0.2), rel=1e-4)
    turn = np.cross(path[0] - middle, path[1] - middle)
    assert turn[0] < 0.0  # the other way round
