"""Poses of the workspace: where they are, and that they fill it."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Pose
from spikearm.controller.references.workspace import Workspace

N_POSES = 2000
WORKSPACE = Workspace(radius=0.12, tilt=0.4)
HOME = Pose(np.array([0.4, -0.2, 0.7]), np.array([0.5, -0.1, 0.7, 0.5]))


@pytest.fixture(scope="module")
def poses() -> list[Pose]:
    rng = np.random.default_rng(9)
    return [WORKSPACE.draw_pose(HOME, rng) for _ in range(N_POSES)]


@pytest.fixture(scope="module")
def offsets(poses) -> np.ndarray:
    return np.array([pose.position - HOME.position for pose in poses])


@pytest.fixture(scope="module")
def turns(poses) -> np.ndarray:
    """Give every pose's turn from home, in the world, shape (n_poses, 3) [rad]."""
    home = Rotation.from_quat(HOME.quaternion, scalar_first=True)
    drawn = Rotation.from_quat([pose.quaternion for pose in poses], scalar_first=True)
    return (drawn * home.inv()).as_rotvec()


def test_hands_are_inside_the_ball_and_fill_it_evenly(offsets):
    distances = np.linalg.norm(offsets, axis=1)
    assert distances.max() <= WORKSPACE.radius
    # Evenly in volume, (r / R)^3 is uniform: its mean is 1/2, 2000 poses leave 0.0065 (1 sigma).
    assert np.mean((distances / WORKSPACE.radius) ** 3) == pytest.approx(0.5, abs=0.026)


def test_orientations_are_inside_the_cone_and_fill_it(turns):
    angles = np.linalg.norm(turns, axis=1)
    assert angles.max() <= WORKSPACE.tilt + 1e-9
    # Uniform in the angle: the mean is half of the largest, 2000 poses leave 0.0026 (1 sigma).
    assert np.mean(angles) == pytest.approx(WORKSPACE.tilt / 2, abs=0.011)


def test_no_direction_is_preferred(offsets, turns):
    for vectors in (offsets, turns):
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        # Of a unit vector's components, 1/3 is the mean square; 2000 leave 0.013 and 0.0067.
        np.testing.assert_allclose(units.mean(axis=0), 0.0, atol=0.052)
        np.testing.assert_allclose(np.square(units).mean(axis=0), 1 / 3, atol=0.027)
    assert abs(np.corrcoef(offsets[:, 0], turns[:, 0])[0, 1]) < 0.09


def test_one_seed_draws_the_same_poses_and_two_seeds_do_not():
    first, again, other = (
        WORKSPACE.draw_pose(HOME, np.random.default_rng(seed)) for seed in (31, 31, 32)
    )
    np.testing.assert_array_equal(first.position, again.position)
    np.testing.assert_array_equal(first.quaternion, again.quaternion)
    assert np.abs(first.position - other.position).max() > 1e-4
    assert np.abs(first.quaternion - other.quaternion).max() > 1e-4


@pytest.mark.parametrize(
    ("other", "held"),
    [
        (Workspace(0.3, 0.5), True),
        (Workspace(0.31, 0.5), False),
        (Workspace(0.3, 0.51), False),
        (Workspace(0.2, 0.4, between=True), False),
    ],
)
def test_a_workspace_holds_smaller_ones_and_the_motions_that_it_has(other, held):
    assert Workspace(0.3, 0.5).holds(other) is held
    assert Workspace(0.4, 0.6, between=True).holds(other)
