"""The viewer: its pace against a clock that the test holds, with a window that is faked."""

import warnings
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace

import glfw
import mujoco.viewer
import numpy as np
import pytest

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.arm_models.rendering import viewer as viewer_module
from spikearm.arm_models.rendering.camera import look_at
from spikearm.arm_models.rendering.display import has_display
from spikearm.arm_models.rendering.viewer import Viewer

STEP = 0.001  # s
LATEST = 0.018  # s, one frame of 1/60 s rounded up to whole steps


class Clock:
    """Stands in for the module ``time``: sleeping moves it on at once."""

    def __init__(self) -> None:
        self.now = 731.5
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds


class Window:
    """Stands in for MuJoCo's window."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.cam = SimpleNamespace(lookat=np.zeros(3), distance=0.0, azimuth=0.0, elevation=0.0)
        self.shown: list[float] = []  # s, the clock at each picture
        self.running = True
        self.closed_at: float | None = None
        self.texts: list[tuple[object, ...]] = []

    def lock(self) -> nullcontext[None]:
        return nullcontext()

    def set_texts(self, text: tuple[object, ...]) -> None:
        self.texts.append(text)

    def sync(self) -> None:
        self.shown.append(self.clock.now)

    def is_running(self) -> bool:
        return self.running

    def close(self) -> None:
        self.closed_at = self.clock.now


@pytest.fixture
def arm() -> Arm:
    arm = load_arm("planar3")
    assert arm.timestep == STEP
    return arm


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(viewer_module, "time", clock)
    return clock


@pytest.fixture
def window(clock, monkeypatch) -> Window:
    window = Window(clock)
    monkeypatch.setattr(viewer_module, "has_display", lambda: True)
    monkeypatch.setattr(mujoco.viewer, "launch_passive", lambda *_, **__: window)
    return window


def run(arm: Arm, viewer: Viewer, clock: Clock, n_steps: int, cost: float) -> None:
    """Step and show the arm; each step takes a while on the clock [s]."""
    for _ in range(n_steps):
        arm.step(np.zeros(3))
        clock.now += cost
        viewer.show()


def test_without_a_display_nothing_is_started(arm, monkeypatch):
    def start(*_: object, **__: object) -> None:
        pytest.fail("a window was started")

    monkeypatch.setattr(viewer_module, "has_display", lambda: False)
    monkeypatch.setattr(mujoco.viewer, "launch_passive", start)
    with pytest.raises(SpikearmError, match=r"no display.*film the arm in a video file instead"):
        Viewer(arm)


@pytest.mark.parametrize("answer", [True, False])
def test_glfw_is_asked_for_a_display_and_stays_quiet(monkeypatch, answer):
    def init() -> bool:
        warnings.warn("no display", glfw.GLFWError, stacklevel=1)
        return answer

    monkeypatch.setattr(glfw, "init", init)
    assert has_display() is answer


def test_the_window_opens_on_this_arm_and_looks_at_it_as_the_camera_does(arm, window, monkeypatch):
    opened = []

    def launch(*arguments: object, **_: object) -> Window:
        opened.extend(arguments)
        return window

    monkeypatch.setattr(mujoco.viewer, "launch_passive", launch)
    with Viewer(arm):
        pass
    assert opened[0] is arm.scene[0]
    assert opened[1] is arm.scene[1]
    view = look_at(arm)
    np.testing.assert_array_equal(window.cam.lookat, view.lookat)
    assert (window.cam.distance, window.cam.azimuth, window.cam.elevation) == (
        view.distance, view.azimuth, view.elevation
    )  # fmt: skip


def test_a_fast_simulation_is_slowed_down_to_real_time(arm, clock, window):
    with Viewer(arm) as viewer:
        run(arm, viewer, clock, n_steps=1, cost=0.0)
        began = clock.now
        run(arm, viewer, clock, n_steps=700, cost=0.0002)
        # The clock may lag behind by what the steps since the last picture would have waited.
        assert 0.7 - LATEST < clock.now - began <= 0.7 + 1e-9
        assert sum(clock.slept) == pytest.approx(clock.now - began - 700 * 0.0002)
        assert sum(clock.slept) > 0.5


def test_each_picture_appears_at_its_simulated_time(arm, clock, window):
    times = []
    with Viewer(arm) as viewer:
        for _ in range(300):
            n_shown = len(window.shown)
            run(arm, viewer, clock, n_steps=1, cost=0.0003)
            if len(window.shown) > n_shown:
                times.append(arm.state.time)
    assert len(times) > 10
    np.testing.assert_allclose(np.diff(window.shown), np.diff(times), atol=1e-9)


def test_sixty_pictures_a_second_are_shown(arm, clock, window):
    with Viewer(arm) as viewer:
        run(arm, viewer, clock, n_steps=1000, cost=0.0)
    assert 55 <= len(window.shown) <= 61


def test_a_slow_simulation_is_not_slowed_further(arm, clock, window):
    with Viewer(arm) as viewer:
        run(arm, viewer, clock, n_steps=400, cost=0.004)
        assert sum(clock.slept) == 0.0
        assert 22 <= len(window.shown) <= 25


def test_a_reset_starts_the_pace_over(arm, clock, window):
    with Viewer(arm) as viewer:
        run(arm, viewer, clock, n_steps=500, cost=0.0001)
        arm.reset()
        clock.now += 42.0  # s, building the next controller
        n_shown, n_slept = len(window.shown), len(clock.slept)
        began = clock.now
        run(arm, viewer, clock, n_steps=300, cost=0.0001)
    # It neither freezes until the time before the reset is reached nor hurries to catch up.
    assert 16 <= len(window.shown) - n_shown <= 19
    assert window.shown[n_shown] - began < 0.002
    last = window.shown[-1] - window.shown[n_shown]
    assert 0.3 - 2 * LATEST < last <= 0.3
    assert sum(clock.slept[n_slept:]) > 0.2


CHANGES = {
    "payload": lambda arm: arm.attach_payload(0.5),
    "friction": lambda arm: arm.set_friction(0.1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_model_that_was_replaced_is_shown_in_a_new_window_at_the_same_camera(
    arm, clock, window, monkeypatch, change
):
    second, opened = Window(clock), []

    def launch(*scene: object, **_: object) -> Window:
        assert window.closed_at is not None
        assert clock.now - window.closed_at >= 0.1  # MuJoCo's window thread has ended
        opened.append(scene)
        return second

    with Viewer(arm) as viewer:
        run(arm, viewer, clock, n_steps=100, cost=0.0)
        window.cam.lookat[:] = (0.3, -0.2, 0.7)  # the person turned it
        window.cam.distance, window.cam.azimuth, window.cam.elevation = 3.1, 77.0, -9.0
        monkeypatch.setattr(mujoco.viewer, "launch_passive", launch)
        before = arm.scene[0]
        CHANGES[change](arm)
        assert arm.scene[0] is not before
        n_shown = len(window.shown)
        run(arm, viewer, clock, n_steps=100, cost=0.0)
    assert [tuple(map(id, scene)) for scene in opened] == [tuple(map(id, arm.scene))]
    assert len(window.shown) == n_shown
    assert 5 <= len(second.shown) <= 7
    np.testing.assert_array_equal(second.cam.lookat, (0.3, -0.2, 0.7))
    assert (second.cam.distance, second.cam.azimuth, second.cam.elevation) == (3.1, 77.0, -9.0)
    assert second.closed_at is not None


def test_a_window_that_the_person_closed_is_not_opened_again(arm, clock, window, monkeypatch):
    with Viewer(arm) as viewer:
        window.running = False
        monkeypatch.setattr(mujoco.viewer, "launch_passive", lambda *_, **__: pytest.fail("opened"))
        arm.attach_payload(0.5)
        run(arm, viewer, clock, n_steps=1, cost=0.0)
        assert viewer.closed


def test_a_window_that_the_person_closed_is_noticed_is_noticed(arm, window):
    with Viewer(arm) as viewer:
        assert not viewer.closed
        window.running = False
        assert viewer.closed


def test_the_window_is_closed_and_given_time_even_after_an_error(arm, clock, window):
    with pytest.raises(KeyError), Viewer(arm):
        assert window.closed_at is None
        raise KeyError
    assert window.closed_at is not None
    assert clock.now - window.closed_at >= 0.1


@pytest.fixture
def press(window, monkeypatch) -> list[Callable[[int], None]]:
    """Callback that a window gives its keys to, once it is open."""
    callbacks = []
    monkeypatch.setattr(
        mujoco.viewer, "launch_passive",
        lambda *_, key_callback, **__: callbacks.append(key_callback) or window,
    )  # fmt: skip
    return callbacks


def test_enter_asks_for_a_stop_and_no_other_key_does(press):
    with Viewer(load_arm("planar3")) as viewer:
        for key in (glfw.KEY_SPACE, glfw.KEY_BACKSPACE, glfw.KEY_Q):
            press[0](key)
        assert not viewer.stopped
        press[0](glfw.KEY_ENTER)
        assert viewer.stopped
        assert not viewer.closed


def test_a_closed_window_asks_for_a_stop(window):
    with Viewer(load_arm("planar3")) as viewer:
        assert not viewer.stopped
        window.running = False
        assert viewer.stopped


def test_lines_are_laid_over_the_picture_in_two_columns(arm, clock, window):
    with Viewer(arm) as viewer:
        viewer.show([("controller", "loihi"), ("time", "0.3 s")])
    (shown,) = window.texts
    assert shown[2:] == ("controller\ntime", "loihi\n0.3 s")


def test_a_simulation_that_stands_still_is_shown_and_not_caught_up_with(arm, clock, window):
    with Viewer(arm) as viewer:
        run(arm, viewer, clock, n_steps=100, cost=0.0)
        n_shown = len(window.shown)
        for _ in range(60):
            viewer.wait([("time", "paused")])
        assert len(window.shown) == n_shown + 60
        began = clock.now
        run(arm, viewer, clock, n_steps=300, cost=0.0)
        assert 0.3 - 2 * LATEST < clock.now - began <= 0.3 + LATEST


def test_keys_with_a_character_are_kept_until_they_are_taken(press):
    with Viewer(load_arm("planar3")) as viewer:
        for key in (glfw.KEY_6, glfw.KEY_ENTER, glfw.KEY_PERIOD, glfw.KEY_F1, glfw.KEY_UNKNOWN):
            press[0](key)
        assert viewer.take_keys() == ["6", "."]
        assert viewer.take_keys() == []
