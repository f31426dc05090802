"""Points from two or three pictures: exact where pixels are exact."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.perception.stereo import intersect_all_rays, intersect_rays

MIDDLE = np.array([0.46, 0.0, 0.43])


def cameras(*azimuths: float) -> list[PinholeCamera]:
    return [
        PinholeCamera.looking_at(MIDDLE, azimuth, 0.35, 0.8, 0.73, 64, 64) for azimuth in azimuths
    ]


@pytest.mark.parametrize("azimuths", [(0.9, -0.9), (0.9, -0.9, 0.2)])
def test_exact_pixels_give_the_exact_point(azimuths):
    eyes = cameras(*azimuths)
    for point in MIDDLE + np.random.default_rng(1).uniform(-0.2, 0.2, (20, 3)):
        seen = intersect_rays(eyes, np.array([eye.project(point) for eye in eyes]))
        assert seen.position == pytest.approx(point, abs=1e-12)
        assert seen.gap == pytest.approx(0.0, abs=1e-12)


def test_noisy_pixels_give_the_point_nearest_to_all_rays():
    eyes, rng = cameras(0.9, -0.9, 0.1), np.random.default_rng(2)
    pixels = np.array([eye.project(MIDDLE + np.array([0.05, 0.1, 0.02])) for eye in eyes])
    pixels = pixels + rng.normal(size=pixels.shape)

    def offsets(point: np.ndarray) -> np.ndarray:
        return np.ravel(
            [
                np.cross(eye.rays(pixel), point - eye.position)  # as long as the distance
                for eye, pixel in zip(eyes, pixels, strict=True)
            ]
        )

    best = least_squares(offsets, MIDDLE, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    seen = intersect_rays(eyes, pixels)
    assert seen.position == pytest.approx(best.x, abs=1e-7)
    assert seen.gap == pytest.approx(np.sqrt(2 * best.cost / 3))
    assert seen.gap > 1e-3


def test_eyes_that_look_at_different_things_leave_a_gap():
    eyes = cameras(0.9, -0.9)
    pixels = np.array(
        [eyes[0].project(MIDDLE), eyes[1].project(MIDDLE + np.array([0.0, 0.0, 0.1]))]
    )
    assert intersect_rays(eyes, pixels).gap > 0.02


@pytest.mark.parametrize(
    ("azimuths", "shape", "said"),
    [((0.9,), (1, 2), "two cameras"), ((0.9, -0.9), (3, 2), "do not fit 2 cameras")],
)
def test_wrong_numbers_of_rays_are_refused(azimuths, shape, said):
    with pytest.raises(SpikearmError, match=said):
        intersect_rays(cameras(*azimuths), np.full(shape, 32.0))


def test_parallel_rays_are_refused():
    eyes = cameras(0.9, 0.9)
    with pytest.raises(SpikearmError, match="parallel"):
        intersect_rays(eyes, np.full((2, 2), 32.0))


def test_many_sets_of_rays_meet_where_each_set_does():
    eyes, rng = cameras(0.9, -0.9, 0.1), np.random.default_rng(3)
    pixels = rng.uniform(10.0, 50.0, (7, 3, 2))
    positions, gaps = intersect_all_rays(eyes, pixels)
    alone = [intersect_rays(eyes, one) for one in pixels]
    assert positions == pytest.approx(np.array([one.position for one in alone]), abs=1e-12)
    assert gaps == pytest.approx([one.gap for one in alone], abs=1e-12)
    assert gaps.min() > 0.01  # they do not meet
