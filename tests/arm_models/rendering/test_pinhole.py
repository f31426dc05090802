"""Pinhole cameras against a hand-made projection matrix, and against themselves backwards."""

import numpy as np
import pytest

from spikearm.arm_models.rendering.pinhole import PinholeCamera


@pytest.fixture
def camera() -> PinholeCamera:
    return PinholeCamera.looking_at([0.4, -0.1, 0.5], 0.8, 0.35, 0.9, 0.7, 96, 64)


def test_axes_are_a_right_handed_frame_whose_right_is_level(camera):
    assert camera.axes.T @ camera.axes == pytest.approx(np.eye(3), abs=1e-15)
    assert np.linalg.det(camera.axes) == pytest.approx(1.0)
    assert camera.axes[2, 0] == 0.0 < camera.axes[2, 1]


def test_what_it_looks_at_is_in_the_middle_and_above_is_above(camera):
    middle = np.array([0.4, -0.1, 0.5])
    assert np.linalg.norm(camera.position - middle) == pytest.approx(0.9)
    assert camera.project(middle) == pytest.approx([48.0, 32.0])
    column, row = camera.project(middle + np.array([0.0, 0.0, 0.05]))
    assert column == pytest.approx(48.0)
    assert row < 32.0


def test_it_projects_as_homogeneous_coordinates_do(camera):
    points = camera.position - np.random.default_rng(3).uniform(0.2, 0.5, (20, 3)) * [1, 1, 0.4]
    focal = 32.0 / np.tan(0.35)
    intrinsic = np.array([[focal, 0.0, 48.0], [0.0, focal, 32.0], [0.0, 0.0, 1.0]])
    flip = np.diag([1.0, -1.0, -1.0])  # rows downwards, depth forwards
    extrinsic = flip @ camera.axes.T
    for point in points:
        x, y, w = intrinsic @ extrinsic @ (point - camera.position)
        assert w > 0
        assert camera.project(point) == pytest.approx([x / w, y / w])


def test_rays_of_a_pixel_come_back_to_it(camera):
    pixels = np.random.default_rng(4).uniform(0, [96, 64], (30, 2))
    rays = camera.rays(pixels)
    assert np.linalg.norm(rays, axis=-1) == pytest.approx(np.ones(30))
    assert camera.project(camera.position + 1.7 * rays) == pytest.approx(pixels)


def test_what_is_behind_it_is_nowhere(camera):
    assert np.isnan(camera.project(camera.position + camera.axes[:, 2])).all()


def test_turning_right_moves_the_picture_to_the_left_and_up_moves_it_down(camera):
    angle = 0.01
    middle = np.array([0.4, -0.1, 0.5])
    shift = camera.focal_length * np.tan(angle)
    assert camera.turned(angle, 0.0).project(middle) == pytest.approx([48.0 - shift, 32.0])
    assert camera.turned(0.0, angle).project(middle) == pytest.approx([48.0, 32.0 + shift])
