"""The scene: what cameras see is where the pinhole says, and only what is arranged is there."""

from collections.abc import Iterator

import numpy as np
import pytest

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.arm_models.rendering.arrangement import MOST_DISTRACTORS, Arrangement, Distractor
from spikearm.arm_models.rendering.scene import LUMINANCE, Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig

CHANGED = 4.0  # grey levels


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def scene(arm) -> Iterator[Scene]:
    with Scene(arm, SceneConfig(size=96)) as scene:
        yield scene


def seen_at(scene: Scene, turn: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """Return the middle of what the target changes in each picture, shape (n_cameras, 2)."""
    target = scene.look(turn)
    scene.place_target(None)
    middles = []
    for changed in np.abs(target - scene.look(turn)) > CHANGED:
        rows, columns = np.nonzero(changed)
        middles.append([columns.mean() + 0.5, rows.mean() + 0.5])
    return np.array(middles)


@pytest.mark.parametrize("offset", [(0.08, 0.12, 0.1), (0.1, -0.1, 0.15), (0.15, 0.02, -0.12)])
def test_the_target_is_where_a_pinhole_projects_it(scene, offset):
    position = scene.middle + np.array(offset)
    scene.arrange(Arrangement(position))
    expected = [camera.project(position) for camera in scene.cameras]
    assert seen_at(scene) == pytest.approx(np.array(expected), abs=0.6)  # a ball is no point


def test_turned_eyes_see_it_where_turned_pinholes_do(scene):
    position = scene.middle + np.array([0.1, 0.1, 0.12])
    scene.arrange(Arrangement(position))
    expected = [camera.turned(0.03, -0.02).project(position) for camera in scene.cameras]
    at_rest = [camera.project(position) for camera in scene.cameras]
    assert np.abs(np.subtract(expected, at_rest)).min() > 2.0
    assert seen_at(scene, (0.03, -0.02)) == pytest.approx(np.array(expected), abs=0.6)


def test_the_visible_share_is_what_is_left_of_the_target_in_the_picture(scene):
    place = scene.middle + np.array([0.1, 0.0, 0.15])
    eye = scene.cameras[0].position
    beside = 0.035 * scene.cameras[0].axes[:, 0]
    shares, seen = [], []
    for shift in (np.full(3, 9.0), beside, np.zeros(3)):  # nothing before it, half of it, all
        before = place + 0.3 * (eye - place) + shift
        hidden = Distractor(before, 0.035, 0.5, box=True)
        scene.arrange(Arrangement(place, (hidden,)))
        shares.append(scene.visible_share(place))
        target = scene.look()
        scene.place_target(None)
        seen.append((np.abs(target - scene.look()) > CHANGED).sum(axis=(1, 2)))
    assert [share[1] for share in shares] == [1.0] * 3  # the other camera sees all of it
    assert shares[0][0] == 1.0 > shares[1][0] > shares[2][0] == 0.0
    assert seen[0][0] > seen[1][0] > seen[2][0] == 0


def test_the_arm_itself_can_hide_the_target_and_the_edge_can_cut_it(scene):
    scene.arrange(Arrangement(None))
    eye = scene.cameras[0].position
    hand = scene.middle
    behind = hand + 0.12 * (hand - eye) / np.linalg.norm(hand - eye)
    assert scene.visible_share(behind)[0] < 1.0
    above = hand + np.array([0.0, 0.0, 0.6])
    assert scene.visible_share(above).tolist() == [0.0, 0.0]


def test_nothing_is_there_but_what_is_arranged(scene):
    scene.arrange(Arrangement(None))
    empty = scene.look()
    box = Distractor(scene.middle + np.array([0.1, 0.1, -0.1]), 0.03, 0.9, box=True)
    scene.arrange(Arrangement(None, (box,)))
    assert np.abs(scene.look() - empty).max() > CHANGED
    scene.arrange(Arrangement(None))
    assert np.array_equal(scene.look(), empty)


def test_a_ball_and_a_box_look_different_and_grey_is_grey(scene):
    place = scene.middle + np.array([0.12, 0.0, 0.12])
    pictures = []
    for box, grey in ((True, 0.9), (False, 0.9), (False, 0.1)):
        scene.arrange(Arrangement(None, (Distractor(place, 0.04, grey, box),)))
        pictures.append(scene.look_in_colour())
    assert np.abs(pictures[0] - pictures[1]).max() > 10 * CHANGED
    assert pictures[1].sum() > pictures[2].sum()
    spread = np.ptp(pictures[1] - pictures[2], axis=-1)
    assert spread.max() < CHANGED


def test_less_light_makes_darker_pictures(scene):
    means = []
    for light in (0.4, 0.8, 1.2):
        scene.arrange(Arrangement(scene.middle, light=light))
        means.append(scene.look().mean())
    assert means[0] < means[1] < means[2]


def test_luminance_weighs_colours(scene):
    scene.arrange(Arrangement(scene.middle))
    assert scene.look() == pytest.approx(scene.look_in_colour() @ LUMINANCE)
    assert LUMINANCE.sum() == pytest.approx(1.0)


def test_the_arm_is_drawn_as_it_is_and_left_alone(arm, scene):
    scene.arrange(Arrangement(None))
    before, at_home = arm.state, scene.look()
    arm.reset(arm.chain.home + 0.3)
    assert np.abs(scene.look() - at_home).max() > 10 * CHANGED
    arm.reset()
    assert np.array_equal(scene.look(), at_home)
    assert np.array_equal(arm.state.q, before.q)


def test_markers_of_other_pictures_are_not_in_it(arm):
    names = [body.name for body in arm.copy_spec().bodies]
    assert not [name for name in names if name.startswith("spikearm_target")]


def test_too_many_distractors_are_refused():
    one = Distractor(np.zeros(3), 0.02, 0.5, box=False)
    with pytest.raises(SpikearmError, match="at most 4"):
        Arrangement(None, (one,) * (MOST_DISTRACTORS + 1))
