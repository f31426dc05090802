"""The camera: what is in the picture, where it is, and that taking it disturbs nothing."""

from typing import Any, ClassVar

import mujoco
import numpy as np
import pytest

from spikearm.arm_models import ARMS, Arm, Pose, SpikearmError, load_arm
from spikearm.arm_models.rendering.camera import Camera, Trail, look_at

WIDTH, HEIGHT = 240, 180
MAGENTA = (1.0, 0.0, 1.0, 1.0)
NEAR = 6.0  # pixels; half a trail's width, and how coarsely it is drawn
FIELD_OF_VIEW = np.radians(45.0)  # MuJoCo's default, vertical


@pytest.fixture
def arm() -> Arm:
    return load_arm("gen3")


def project(arm: Arm, points: np.ndarray) -> np.ndarray:
    """Map points, shape (n, 3) [m], to columns and rows of the picture by a pinhole's rule."""
    camera = look_at(arm)
    azimuth, elevation = np.radians(camera.azimuth), np.radians(camera.elevation)
    ahead = np.array([
        np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)
    ])  # fmt: skip
    right = np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
    up = np.cross(right, ahead)
    offset = points - (camera.lookat - camera.distance * ahead)
    focal_length = HEIGHT / 2 / np.tan(FIELD_OF_VIEW / 2)  # pixels
    flat = focal_length * np.stack([offset @ right, -(offset @ up)], axis=1)
    return flat / (offset @ ahead)[:, None] + np.array([WIDTH / 2, HEIGHT / 2])


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Find the pixels that differ: columns and rows of their centres, shape (n, 2)."""
    rows, columns = np.nonzero((before != after).any(axis=2))
    return np.stack([columns, rows], axis=1) + 0.5


def distance(pixels: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Distance of every pixel to the nearest of the points, shape (n_pixels,)."""
    return np.linalg.norm(pixels[:, None] - points[None], axis=2).min(axis=1)


def above_the_hand(arm: Arm, n_points: int) -> np.ndarray:
    """A slanted line through free air in front of the hand, shape (n_points, 3) [m]."""
    hand = arm.state.hand.position
    start, end = hand + np.array([[0.1, -0.3, 0.1], [0.1, 0.1, 0.3]])
    return start + np.linspace(0.0, 1.0, n_points)[:, None] * (end - start)


def test_a_picture_has_the_size_that_was_asked_for_and_shows_something(arm):
    with Camera(arm, WIDTH, HEIGHT) as camera:
        picture = camera.render()
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert picture.dtype == np.uint8
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100  # a blank one has one colour


def test_the_picture_changes_when_the_arm_moves_and_only_then(arm):
    with Camera(arm, WIDTH, HEIGHT) as camera:
        at_home = camera.render()
        again = camera.render()
        arm.reset(arm.chain.home + 0.2)
        moved = camera.render()
        arm.reset()
        back = camera.render()
    np.testing.assert_array_equal(again, at_home)
    np.testing.assert_array_equal(back, at_home)
    assert len(changed(at_home, moved)) > 0.01 * WIDTH * HEIGHT


def test_each_picture_is_its_own(arm):
    with Camera(arm, WIDTH, HEIGHT) as camera:
        first = camera.render()
        kept = first.copy()
        arm.reset(arm.chain.home + 0.2)
        camera.render()
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("marker", ["target", "reference"])
def test_a_marker_is_drawn_where_it_was_placed(arm, marker):
    place = arm.state.hand.position + np.array([0.1, 0.2, 0.15])
    far_away = Pose(np.array([0.0, 0.0, -50.0]), np.array([1.0, 0.0, 0.0, 0.0]))
    with Camera(arm, WIDTH, HEIGHT) as camera:
        arm.place_marker(marker, far_away)
        before = camera.render()
        arm.place_marker(marker, Pose(place, far_away.quaternion))
        after = camera.render()
    pixels = changed(before, after)
    assert distance(project(arm, place[None]), pixels)[0] < 2.0
    assert np.median(distance(pixels, project(arm, place[None]))) < 15.0


def test_a_trail_changes_the_pixels_along_its_path_and_no_others(arm):
    points = above_the_hand(arm, 12)
    with Camera(arm, WIDTH, HEIGHT) as camera:
        without = camera.render()
        drawn = camera.render([Trail(points, MAGENTA)])
        after = camera.render()
    pixels = changed(without, drawn)
    path = project(arm, above_the_hand(arm, 400))
    assert np.ptp(path, axis=0).max() > 40.0  # long enough to miss
    assert (distance(pixels, path) < NEAR).all()
    assert (distance(path, pixels) < NEAR).all()
    np.testing.assert_array_equal(after, without)  # a trail lasts for one picture


def test_a_trail_has_its_colour(arm):
    with Camera(arm, WIDTH, HEIGHT) as camera:
        without = camera.render().astype(int)
        drawn = camera.render([Trail(above_the_hand(arm, 12), MAGENTA)]).astype(int)
    rows, columns = np.nonzero((without != drawn).any(axis=2))
    red, green, blue = drawn[rows, columns].T
    pure = (red > green + 80) & (blue > green + 80)
    assert pure.mean() > 0.5  # the others are its soft edge
    assert not ((without[..., 0] > without[..., 1] + 80) & (without[..., 2] > 80)).any()


def test_several_trails_are_drawn_together(arm):
    points = above_the_hand(arm, 9)
    first, second = Trail(points[:5], MAGENTA), Trail(points[4:], MAGENTA)
    with Camera(arm, WIDTH, HEIGHT) as camera:
        whole = camera.render([Trail(points, MAGENTA)])
        halves = camera.render([first, second])
        half = camera.render([first])
    np.testing.assert_array_equal(halves, whole)
    assert len(changed(half, whole)) > 0


def test_a_trail_too_short_to_draw_draws_nothing(arm):
    point = above_the_hand(arm, 1)
    with Camera(arm, WIDTH, HEIGHT) as camera:
        without = camera.render()
        np.testing.assert_array_equal(camera.render([Trail(point, MAGENTA)]), without)
        np.testing.assert_array_equal(camera.render([Trail(point[:0], MAGENTA)]), without)


def test_trails_beyond_the_room_of_a_scene_are_cut_off(arm):
    points = above_the_hand(arm, 20_000)  # a scene of MuJoCo's renderer holds 10,000 shapes
    with Camera(arm, WIDTH, HEIGHT) as camera:
        without = camera.render()
        drawn = camera.render([Trail(points, MAGENTA), Trail(points[::-1], MAGENTA)])
    pixels = changed(without, drawn)
    start, end = project(arm, points[[0, -1]])
    assert distance(start[None], pixels)[0] < NEAR
    assert distance(end[None], pixels)[0] > NEAR


def test_a_payload_attached_later_is_in_the_picture(arm):
    with Camera(arm, WIDTH, HEIGHT) as camera:
        before = camera.render()
        model, _ = arm.scene
        arm.attach_payload(8.0)
        assert arm.scene[0] is not model
        loaded = camera.render()
        arm.attach_payload(0.0)
        after = camera.render()
    pixels = changed(before, loaded)
    assert len(pixels) > 20
    hand = project(arm, arm.state.hand.position[None])
    assert np.median(distance(pixels, hand)) < 15.0
    columns, rows = pixels.astype(int).T
    red, green, blue = loaded[rows, columns].astype(int).T
    assert ((red > green + 40) & (red > blue + 40)).mean() > 0.2  # the ball is red
    np.testing.assert_array_equal(after, before)


def drive(arm: Arm, camera: Camera | None) -> np.ndarray:
    """Step under random torques, payload and markers, with or without pictures of it."""
    rng = np.random.default_rng(7)
    trail = Trail(above_the_hand(arm, 5), MAGENTA)
    states = []
    for step in range(60):
        if step == 30:
            arm.attach_payload(1.3, (0.02, 0.0, 0.05))
        state = arm.step(rng.normal(scale=8.0, size=7))
        arm.place_marker("reference", state.hand)
        if camera is not None and step % 5 == 0:
            camera.render([trail])
        states.append(np.concatenate([[state.time], state.q, state.dq, state.hand.position,
                                      state.hand.quaternion, state.hand_velocity]))  # fmt: skip
    return np.array(states)


def test_taking_pictures_changes_nothing_in_the_simulation(arm):
    unseen = drive(arm, None)
    arm.attach_payload(0.0)
    arm.reset()
    with Camera(arm, WIDTH, HEIGHT) as camera:
        seen = drive(arm, camera)
    np.testing.assert_array_equal(seen, unseen)
    assert np.ptp(unseen[:, 1:8], axis=0).min() > 1e-3  # every joint moved


@pytest.mark.parametrize("name", ARMS)
def test_base_and_hand_of_every_arm_are_in_the_picture(name):
    arm = load_arm(name)
    ends = np.array([arm.model.base_position, arm.state.hand.position])
    columns, rows = project(arm, ends).T
    assert ((columns > 0.03 * WIDTH) & (columns < 0.97 * WIDTH)).all()
    assert ((rows > 0.03 * HEIGHT) & (rows < 0.97 * HEIGHT)).all()


def test_the_arm_is_seen_from_its_right_from_ahead_and_from_above(arm):
    camera = look_at(arm)
    azimuth, elevation = np.radians(camera.azimuth), np.radians(camera.elevation)
    to_eye = -np.array([np.cos(azimuth), np.sin(azimuth), np.tan(elevation)])
    forward = arm.state.hand.position - arm.model.base_position
    forward /= np.linalg.norm(forward * [1.0, 1.0, 0.0])
    right = np.cross(forward, [0.0, 0.0, 1.0])
    assert to_eye @ right > 0.5
    assert to_eye @ (forward * [1.0, 1.0, 0.0]) > 0.5
    assert to_eye[2] > 0.2


def test_its_axes_point_to_the_right_and_up_in_the_picture(arm):
    with Camera(arm, WIDTH, HEIGHT) as camera:
        axes = camera.axes
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-12)
    middle = look_at(arm).lookat
    center, right, up = project(arm, np.array([middle, *(middle + 0.1 * axes)]))
    for moved, column, sign in ((right, 0, 1), (up, 1, -1)):  # rows are counted downwards
        shift = moved - center
        assert sign * shift[column] > 5
        assert shift[1 - column] == pytest.approx(0, abs=1e-9)


class KnownRenderer(mujoco.Renderer):
    """Remembers every renderer, which also keeps them from closing when they are forgotten."""

    opened: ClassVar[list[mujoco.Renderer]] = []
    closed: ClassVar[list[mujoco.Renderer]] = []

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.opened.append(self)

    def close(self) -> None:
        super().close()
        self.closed.append(self)


def test_every_renderer_that_is_opened_is_closed(arm, monkeypatch):
    monkeypatch.setattr(mujoco, "Renderer", KnownRenderer)
    monkeypatch.setattr(KnownRenderer, "opened", [])
    monkeypatch.setattr(KnownRenderer, "closed", [])
    with pytest.raises(KeyError), Camera(arm, WIDTH, HEIGHT) as camera:
        camera.render()
        arm.attach_payload(2.0)
        camera.render()
        assert len(KnownRenderer.opened) == 2
        assert KnownRenderer.closed == KnownRenderer.opened[:1]
        raise KeyError
    assert KnownRenderer.closed == KnownRenderer.opened


@pytest.mark.parametrize("error", [RuntimeError, ImportError, AttributeError, mujoco.FatalError])
def test_a_renderer_that_does_not_start_is_explained(arm, monkeypatch, error):
    def fail(*_: object) -> None:
        raise error("no EGL device")

    monkeypatch.setattr(mujoco, "Renderer", fail)
    monkeypatch.setenv("MUJOCO_GL", "egl")
    with pytest.raises(SpikearmError, match=r"MUJOCO_GL='egl': no EGL device.*install"):
        Camera(arm)
