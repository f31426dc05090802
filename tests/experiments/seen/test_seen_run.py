"""Runs of an arm that reaches for what it sees."""

import numpy as np
import pytest

from spikearm.arm_models import Arm, load_arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.experiments.seen.course.layout import Layout, draw_layout
from spikearm.experiments.seen.loop.seen_log import SeenLog
from spikearm.experiments.seen.loop.seen_run import SeenRun
from spikearm.experiments.seen.sight.sights import SIGHTS, SightSpec, Viewing
from spikearm.perception.sight.known_finder import KnownFinder
from spikearm.perception.sight.scene_cameras import ProjectingCamera


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def scene(arm):
    with Scene(arm, SceneConfig(size=64)) as scene:
        yield scene


@pytest.fixture(scope="module")
def layout(arm, scene) -> Layout:
    return draw_layout(arm, scene, "jumping", seed=4, number=0, jumps=1)


def run(arm: Arm, scene: Scene, layout: Layout, sight: SightSpec, patience: float = 2.0) -> SeenLog:
    law, rng = OperationalSpaceController(arm.model), np.random.default_rng(1)
    return SeenRun(arm, law, sight, layout, rng, patience=patience).log(scene)


def test_the_hand_is_at_a_known_target_in_time(arm, scene, layout):
    log = run(arm, scene, layout, SIGHTS["true"])
    away = np.linalg.norm(log.hand - log.target, axis=1)
    assert away[0] > 0.08
    assert away[-1] < 0.002
    assert log.stopped is None


def test_the_hand_is_near_a_target_that_is_seen_through_noise(arm, scene, layout):
    assert all(layout.visible)  # of this seed
    log = run(arm, scene, layout, SIGHTS["pixels"])
    assert 1e-4 < np.linalg.norm(log.hand - log.target, axis=1)[-1] < 0.015  # never exact
    assert np.nanmedian(np.linalg.norm(log.point - log.target, axis=1)) > 0.002
    assert len(log.step_latency) == len(log.time) - 1
    assert (log.times > 0.0).all()


def test_an_arm_that_is_blind_is_stopped_at_home(arm, scene, layout):
    blind = SightSpec(
        lambda scene, rng, _: Viewing(ProjectingCamera(scene, rng, misses=1.0), KnownFinder())
    )
    log = run(arm, scene, layout, blind, patience=0.3)
    assert log.stopped is not None
    assert "not seen for 0.3 s" in log.stopped
    assert log.time[-1] < 0.4
    assert np.isnan(log.estimate).all()
    assert np.linalg.norm(log.hand - log.hand[0], axis=1).max() < 1e-3


def test_a_layout_depends_on_seed_and_number_alone(arm, scene, layout):
    again, other = (
        draw_layout(arm, scene, "jumping", seed=4, number=one, jumps=1) for one in (0, 1)
    )
    assert again.course.at(0.0).tolist() == layout.course.at(0.0).tolist()
    assert again.surroundings.light == layout.surroundings.light
    assert other.course.at(0.0).tolist() != layout.course.at(0.0).tolist()
    away = [np.linalg.norm(one.course.at(0.0) - scene.middle) for one in (layout, other)]
    assert 0.08 <= min(away) <= max(away) <= 0.2
