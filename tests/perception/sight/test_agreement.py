"""Agreement of two cameras: the pair of candidates whose rays meet."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.perception.sight.agreement import Agreement, AgreementConfig
from spikearm.perception.sight.finder import Candidate

MIDDLE = np.array([0.4, 0.0, 0.4])
CAMERAS = tuple(
    PinholeCamera.looking_at(
        MIDDLE, np.radians(azimuth), np.radians(20.0), 0.8, np.radians(42.0), 64, 64
    )
    for azimuth in (50.0, -50.0)
)
TARGET, OTHER = MIDDLE + np.array([0.05, -0.11, 0.08]), MIDDLE + np.array([-0.06, 0.12, -0.09])


def seen(*points: tuple[np.ndarray, float], camera: PinholeCamera) -> list[Candidate]:
    return [Candidate(camera.project(point), probability) for point, probability in points]


def test_exact_pixels_give_the_exact_point_and_the_mean_confidence():
    candidates = [
        seen((TARGET, p), camera=camera) for p, camera in zip((0.9, 0.4), CAMERAS, strict=True)
    ]
    point = Agreement(CAMERAS, MIDDLE).point(candidates)
    assert point is not None
    assert point.position == pytest.approx(TARGET, abs=1e-9)
    assert point.gap == pytest.approx(0.0, abs=1e-9)
    assert point.confidence == pytest.approx(0.6)


def test_the_pair_whose_rays_meet_is_taken_though_another_is_likelier():
    first = seen((OTHER, 0.5), (TARGET, 0.4), camera=CAMERAS[0])  # fooled by something else
    second = seen((TARGET, 0.9), camera=CAMERAS[1])
    point = Agreement(CAMERAS, MIDDLE, AgreementConfig(gap=0.5)).point([first, second])
    assert point is not None
    assert point.position == pytest.approx(TARGET, abs=1e-9)


@pytest.mark.parametrize(
    ("config", "points", "probability"),
    [
        (AgreementConfig(), (TARGET, OTHER), 0.9),  # rays that pass each other
        (AgreementConfig(confidence=0.5), (TARGET, TARGET), 0.45),
        (AgreementConfig(reach=0.1), (TARGET, TARGET), 0.9),
    ],
)
def test_without_agreement_there_is_no_point(config, points, probability):
    candidates = [
        seen((point, probability), camera=camera)
        for point, camera in zip(points, CAMERAS, strict=True)
    ]
    assert Agreement(CAMERAS, MIDDLE, config).point(candidates) is None


@pytest.mark.parametrize(("probabilities", "enough"), [((0.9, 0.2), True), ((0.3, 0.3), False)])
def test_a_sure_camera_makes_up_for_one_that_is_not(probabilities, enough):
    candidates = [
        seen((TARGET, probability), camera=camera)
        for probability, camera in zip(probabilities, CAMERAS, strict=True)
    ]
    point = Agreement(CAMERAS, MIDDLE, AgreementConfig(confidence=0.4)).point(candidates)
    assert (point is not None) is enough


def test_a_camera_that_sees_nothing_gives_no_point():
    assert Agreement(CAMERAS, MIDDLE).point([seen((TARGET, 0.9), camera=CAMERAS[0]), []]) is None


def test_a_confidence_that_is_no_probability_is_refused():
    with pytest.raises(SpikearmError, match="give 0 to 1"):
        AgreementConfig(confidence=1.5)
