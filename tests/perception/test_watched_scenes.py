"""Scenes to learn from: seeded, truly labelled, and with all kinds among them."""

from collections.abc import Iterator

import numpy as np
import pytest

from spikearm.arm_models import Arm, load_arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig
from spikearm.perception.watched_scenes import WatchConfig, WatchedScene, watch_scenes

SHORT = WatchConfig(n_steps=8)
N_SCENES = 12


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def scene(arm) -> Iterator[Scene]:
    with Scene(arm, SceneConfig(size=32)) as scene:
        yield scene


@pytest.fixture(scope="module")
def watched(arm, scene) -> list[WatchedScene]:
    return list(watch_scenes(arm, scene, N_SCENES, 3, SHORT))


def test_labels_are_projections_of_what_is_there(scene, watched):
    for one in watched:
        for number, camera in enumerate(scene.cameras):
            expected = camera.project(one.target)
            assert np.array_equal(one.pixels[:, number], expected, equal_nan=True)


def test_targets_are_within_reach_and_some_scenes_have_none(scene, watched):
    there = [one for one in watched if not np.isnan(one.target).any()]
    empty = [one for one in watched if np.isnan(one.target).all()]
    assert len(there) + len(empty) == N_SCENES
    assert there
    distances = [np.linalg.norm(one.target[-1] - scene.middle) for one in there]
    assert max(distances) <= SHORT.radius
    assert not any(one.visible.any() for one in empty)


def test_in_some_scenes_the_hand_is_at_the_target(watched):
    apart = [np.linalg.norm(one.pixels[-1] - one.hand[-1], axis=-1).max() for one in watched]
    close = sum(distance < 6 for distance in apart)  # of 32 pixels, with NaN for no target
    assert 0 < close < N_SCENES


def test_some_targets_move_and_some_stand_still(watched):
    moves = [np.ptp(one.target, axis=0).max() for one in watched]
    moves = [move for move in moves if not np.isnan(move)]
    assert min(moves) == 0.0 < max(moves)


def test_the_visible_target_is_where_the_colour_of_the_picture_changes(arm, scene, watched):
    shown = [one for one in watched if (one.visible == 1.0).all()]
    assert shown
    for one in shown:
        for number in range(2):
            column, row = one.pixels[-1, number]
            around = one.colour[number][
                int(row) - 2 : int(row) + 3, int(column) - 2 : int(column) + 3
            ]
            assert np.ptp(around) > 60  # black and white checks


def test_even_what_stands_still_makes_events(watched):
    counts = np.array([one.events[1:].sum(axis=(0, 2, 3, 4)) for one in watched])
    assert (counts > 0).all()
    assert not any(one.events[0].sum() > 50 for one in watched)  # the first picture is all new


def test_a_scene_is_its_number_s_and_its_seed_s(arm, scene, watched):
    again = list(watch_scenes(arm, scene, 2, 3, SHORT))
    for one, before in zip(again, watched, strict=False):
        assert np.array_equal(one.events, before.events)
        assert np.array_equal(one.target, before.target, equal_nan=True)
    other = next(watch_scenes(arm, scene, 1, 4, SHORT))
    assert not np.array_equal(other.events, watched[0].events)
