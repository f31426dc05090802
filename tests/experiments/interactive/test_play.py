"""The shell around a session, with a window that a script stands in for."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, Pose, load_arm
from spikearm.arm_models.rendering.viewer import Viewer
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.references.reference import Reference
from spikearm.experiments.interactive.play import Play
from spikearm.experiments.interactive.session import MASS

Script = dict[int, Callable[[], str]]


class Window:
    """Stands in for the viewer: in some calls a person does something, in the last it is closed.

    Args:
        script: What is done in a call, by its number; it returns the keys that are pressed.
        n_calls: Number of calls after which the window is closed.
    """

    def __init__(self, script: Script, n_calls: int) -> None:
        self.script, self.n_calls = script, n_calls
        self.calls = 0
        self.waited = 0
        self.texts: list[dict[str, str]] = []

    @property
    def stopped(self) -> bool:
        return self.calls >= self.n_calls

    def show(self, text: Any) -> None:
        self.texts.append(dict(text))
        self.calls += 1

    def wait(self, text: Any) -> None:
        self.waited += 1
        self.show(text)

    def take_keys(self) -> list[str]:
        return list(self.script.pop(self.calls, lambda: "")())


class Law(OperationalSpaceController):
    """The analytic law; counts its starts."""

    n_starts = 0

    def start(self, state: ArmState) -> None:
        super().start(state)
        self.n_starts += 1


@pytest.fixture
def arm() -> Arm:
    return load_arm("gen3")


def played(arm: Arm, script: Script, n_calls: int) -> tuple[Play, Window, Law]:
    window, law = Window(script, n_calls), Law(arm.model)
    play = Play(arm, law, "analytic", SafetyLimits(), cast(Viewer, window))
    play.run()
    return play, window, law


def drag(arm: Arm, way: tuple[float, float, float]) -> str:
    there = arm.marker_pose("target")
    arm.place_marker("target", Pose(there.position + np.array(way), there.quaternion))
    return ""


def test_the_hand_follows_a_target_that_is_dragged(arm):
    home = arm.reset().hand.position
    way = np.array([0.0, 0.03, 0.04])
    _, window, _ = played(arm, {100: lambda: drag(arm, tuple(way))}, 1300)
    np.testing.assert_allclose(arm.state.hand.position, home + way, atol=1e-3)
    assert window.texts[50]["to the target"] == "0.0 mm"
    assert window.texts[101]["to the target"] in ("49.9 mm", "50.0 mm")
    assert window.texts[-1]["controller"] == "analytic"


def test_a_load_is_in_the_hand_until_it_is_dropped(arm):
    masses = []

    def weigh() -> str:
        model, _ = arm.scene
        masses.append(float(model.body_mass.sum()))
        return ""

    script: Script = {5: weigh, 10: lambda: "66", 20: weigh, 30: lambda: "7", 40: weigh}
    played(arm, script, 50)
    assert masses[1] - masses[0] == pytest.approx(2 * MASS)
    assert masses[2] == pytest.approx(masses[0])


def test_a_push_moves_the_hand_and_ends(arm):
    places = {}

    def note(name: str) -> str:
        places[name] = arm.state.hand.position
        return ""

    played(arm, {10: lambda: note("before") + "8", 150: lambda: note("pushed"),
                 1500: lambda: note("after")}, 1510)  # fmt: skip
    assert np.linalg.norm(places["pushed"] - places["before"]) > 3e-3
    assert np.linalg.norm(places["after"] - places["before"]) < 1e-3


def test_time_stands_still_in_a_pause(arm):
    play, window, _ = played(arm, {10: lambda: "9", 60: lambda: "9"}, 80)
    assert window.waited == 50
    assert arm.state.time == pytest.approx(0.03)
    assert not play.session.waits
    assert window.texts[30]["time"] == "0.0 s, paused"


def test_a_reset_puts_the_arm_and_its_target_back(arm):
    home = arm.reset().hand.position
    script: Script = {10: lambda: drag(arm, (0.0, 0.0, 0.1)), 300: lambda: "6", 310: lambda: "."}
    play, _, law = played(arm, script, 320)
    assert law.n_starts == 2
    assert arm.state.time == pytest.approx(0.010)
    np.testing.assert_allclose(arm.state.hand.position, home, atol=1e-4)
    np.testing.assert_allclose(arm.marker_pose("target").position, home, atol=1e-9)
    assert play.session.payload == 0.0


class Wild(Law):
    """A law that asks for far too much from its second step on."""

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        torque = super().torque(state, reference)
        return torque if state.time < 0.002 else torque + 1e3


def test_an_arm_that_the_safety_layer_stops_says_why_and_can_be_put_back(arm):
    window = Window({900: lambda: "."}, 901)
    law = Wild(arm.model)
    play = Play(arm, law, "wild", SafetyLimits(), cast(Viewer, window))
    play.run()
    assert window.texts[-2]["stopped"]
    assert window.waited > 500
    assert law.n_starts == 2  # the second time, at its start again
    assert play.session.resets == 1
