"""Two event cameras on a scene: what stands still is seen because they tremble."""

from collections.abc import Iterator

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.arm_models.rendering.arrangement import Arrangement
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig
from spikearm.perception.event_camera import EventCameraConfig
from spikearm.perception.stereo_event_camera import Microsaccade, StereoEventCamera

QUIET = EventCameraConfig(noise=0.0)
PERIOD = 0.004


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with Scene(load_arm("gen3"), SceneConfig(size=48)) as scene:
        yield scene


def events_of(scene: Scene, saccade: Microsaccade, n_steps: int = 7) -> np.ndarray:
    eyes = StereoEventCamera(scene, np.random.default_rng(0), QUIET, saccade)
    return np.array([eyes.see(PERIOD * step, PERIOD) for step in range(n_steps)])


def test_a_still_scene_is_seen_only_by_eyes_that_tremble(scene):
    scene.arrange(Arrangement(scene.middle + np.array([0.1, 0.1, 0.1])))
    assert events_of(scene, Microsaccade(radius=0.0)).sum() == 0
    assert events_of(scene, Microsaccade())[1:].any(axis=(1, 2, 3, 4)).all()


def test_a_circle_comes_back_and_has_its_radius():
    circle = Microsaccade(radius=0.9, period=0.024)
    turns = np.array([circle.turn(time, 0.01) for time in np.linspace(0.0, 0.024, 25)])
    assert np.hypot(*turns.T) == pytest.approx(np.full(25, 0.009))
    assert turns[0] == pytest.approx(turns[-1], abs=1e-15)
    assert turns[:-1].mean(axis=0) == pytest.approx(np.zeros(2), abs=1e-15)  # no bias of where


def test_a_restart_forgets(scene):
    scene.arrange(Arrangement(None))
    eyes = StereoEventCamera(scene, np.random.default_rng(0), QUIET)
    eyes.see(0.0, PERIOD)
    eyes.restart()
    scene.arrange(Arrangement(scene.middle + np.array([0.1, 0.0, 0.1]), light=0.5))
    assert not eyes.see(0.0, PERIOD).any()


def test_a_circle_that_cannot_be_is_refused():
    with pytest.raises(SpikearmError, match="period 0 is not possible: give more than 0"):
        Microsaccade(period=0.0)
