"""Eyes in the network of a controller that moves an arm: what they find, and who may have them."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.arm_models.rendering.scene import Scene
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.safety import Safety
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.eye_on_chip.chip_run import see_on_chip
from spikearm.experiments.eye_on_chip.lone_eyes import LoneEyes
from spikearm.experiments.eye_on_chip.seeing_controller import (
    SeeingController,
    check_takes_eyes,
    make_seeing,
)
from spikearm.experiments.seen.course.course import Jumps
from spikearm.experiments.seen.course.layout import Layout, draw_surroundings
from spikearm.experiments.seen.loop.lookout import Look
from spikearm.experiments.seen.loop.seen_log import SeenLog
from spikearm.experiments.seen.loop.seen_run import SeenRun
from spikearm.experiments.seen.loop.seen_target import SeenTarget
from spikearm.experiments.seen.loop.step_cost import step_cost
from spikearm.experiments.seen.sight.sights import find_sight
from spikearm.experiments.seen.study.seen_plan import SeenPlan
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader
from spikearm.perception.eye.random_eye import random_eye
from spikearm.perception.sight.eye_finder import find_candidates
from spikearm.perception.sight.finder import Candidates, Finder
from spikearm.perception.sight.known_finder import KnownFinder
from spikearm.perception.sight.stereo_sight import Sighting, SightTimes

SIZE, N_LOOKS, PERIOD = 12, 12, 4  # pixels, looks, steps from one look to the next
LOIHI = ChosenController("loihi")
Found = list[list[Candidates]]


def eye_of(n_layers: int) -> EyeWeights:
    channels, kernels, strides = (6, 6, 4), (5, 3, 3), (2, 2, 1)
    rng = np.random.default_rng(n_layers)
    return random_eye(
        rng, SIZE, (*channels[: n_layers - 1], 4), kernels[:n_layers], strides[:n_layers], share=0.1
    )


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def setup(arm, trained) -> ControllerSetup:
    return ControllerSetup(arm.model, trained)


def draw_frames(empty_first: bool) -> np.ndarray:
    frames = np.random.default_rng(7).random((N_LOOKS, 2, SIZE, SIZE, 2)) < 0.06
    frames[0] &= not empty_first
    return frames


class Keeping:
    """Sight that keeps what its finder found, and knows no target."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.found = finder, []

    def see(self, time: float, frames: np.ndarray) -> Sighting:
        self.found.append(self.finder.find(frames))
        times = SightTimes(0.0, 0.0, 0.0)
        return Sighting(time, {}, False, None, np.inf, False, times)

    def position(self, time: float) -> None:
        return None


def looks(frames: np.ndarray) -> Iterator[Look | None]:
    """Yield looks as a lookout does: the first at once, others a step after they were taken."""
    yield Look(0.0, frames[0])
    for step in range(PERIOD * len(frames)):
        number, phase = divmod(step, PERIOD)
        yield Look(0.001 * step, frames[number]) if phase == 0 and number else None


def found_in_loop(arm: Arm, setup: ControllerSetup, eye: EyeWeights, frames: np.ndarray) -> Found:
    """Let eyes in the network of a controller see frames in the closed loop."""
    controller, eyes = make_seeing(LOIHI, setup, eye)
    assert eyes is not None
    home, taken, sight = arm.reset(), looks(frames), Keeping(eyes)
    safety = Safety(arm)
    with controller:
        controller.start(home)
        target = SeenTarget(lambda: next(taken), sight, home.hand, safety)
        duration = 0.001 * (PERIOD * (len(frames) - 1) + 1)
        follow(arm, controller, target, duration, safety=safety)
    assert len(sight.found) == len(frames)
    return sight.found


def assert_same(ours: Found, theirs: Found) -> None:
    for our_look, their_look in zip(ours, theirs, strict=True):
        for mine, other in zip(our_look, their_look, strict=True):
            assert mine.keys() == other.keys()
            for name in mine:
                for one, two in zip(mine[name], other[name], strict=True):
                    assert one.probability == two.probability
                    np.testing.assert_array_equal(one.pixel, two.pixel)


@pytest.mark.parametrize(("n_layers", "lag"), [(2, 1), (3, 2)])
def test_the_loop_finds_what_each_eye_alone_does_as_many_looks_later(arm, setup, n_layers, lag):
    """A frame's heat leaves the chip as many steps later as there are layers, and one more."""
    eye, frames = eye_of(n_layers), draw_frames(empty_first=True)
    expected: Found = [[] for _ in frames]
    for camera in range(2):
        heat = see_on_chip(eye, frames[:, camera]).heat
        assert heat.sum() > 20
        late = np.concatenate([np.zeros_like(heat[:lag]), heat[:-lag]])
        reader = HeatReader(eye)
        for found, one in zip(expected, late, strict=True):
            found.append(find_candidates(reader.read(one), eye))
    assert_same(found_in_loop(arm, setup, eye, frames), expected)


def test_lone_eyes_see_what_those_of_a_controller_do_and_again_after_a_restart(arm, setup):
    eye, frames = eye_of(3), draw_frames(empty_first=False)
    expected = found_in_loop(arm, setup, eye, frames)
    with closing(LoneEyes(eye)) as lone:
        for _ in range(2):
            assert_same([list(lone.find(one)) for one in frames], expected)
            lone.restart()


def torques(controller: Controller, arm: Arm) -> np.ndarray:
    home, safety = arm.reset(), Safety(arm)
    with controller:
        controller.start(home)
        target = SeenTarget(lambda: None, Keeping(KnownFinder()), home.hand, safety)
        return follow(arm, controller, target, 0.03, safety=safety).torque


def test_eyes_change_no_torque_of_a_controller_of_the_registry(arm, setup):
    seeing = make_seeing(LOIHI, setup, eye_of(2)).controller
    np.testing.assert_array_equal(torques(seeing, arm), torques(LOIHI.make(setup), arm))


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [
        (ChosenController("analytic"), "has no neurons"),
        (ChosenController("analytic", adaptive=True), "has no neurons"),
        (ChosenController("spiking"), "is of stage spiking on backend nengo"),
        (ChosenController("loihi", backend="emulator"), "is of stage loihi on backend emulator"),
    ],
)
def test_only_the_engine_takes_eyes_into_a_network(chosen, kind):
    with pytest.raises(
        SpikearmError, match=f"'{chosen.label.replace('+', '.')}' {kind}.*not on the chip"
    ):
        check_takes_eyes(chosen)
    check_takes_eyes(LOIHI)


def plan_of(arm: Arm, setup: ControllerSetup, *names: str, eye: EyeWeights) -> SeenPlan:
    chosen = [ChosenController(name) for name in names]
    return SeenPlan(arm, chosen, [0], setup, ["eye", "eye-chip"], ["static"], 1, 1, eye)


def test_a_plan_refuses_eyes_for_one_of_its_controllers_before_any_work(arm, setup):
    with pytest.raises(SpikearmError, match="'pd' has no neurons"):
        plan_of(arm, setup, "loihi", "pd", eye=eye_of(2))


def test_on_chip_says_nothing_without_an_eye(capsys):
    assert main(["run", "--controller", "loihi", "--on-chip"]) == BAD_INPUT
    assert "--eye" in capsys.readouterr().err


@pytest.mark.slow
def test_an_arm_is_driven_by_eyes_on_its_chip_from_frames_to_torque(arm, setup):
    eye = random_eye(np.random.default_rng(0), 32, (6, 6, 4), (5, 3, 3), (2, 2, 1))
    floating, cost = driven(arm, plan_of(arm, setup, "loihi", eye=eye).make(LOIHI, 0, False), eye)
    made = plan_of(arm, setup, "loihi", eye=eye).make(LOIHI, 0, True)
    on_chip, cost_on_chip = driven(arm, made, eye)
    assert on_chip.stopped is None
    assert len(on_chip.time) == len(floating.time) == 75
    assert cost_on_chip.synaptic_events > 1.5 * cost.synaptic_events
    assert cost_on_chip.cores > cost.cores
    assert cost_on_chip.energy_j > cost.energy_j
    assert np.median(on_chip.times[:, 0]) < np.median(floating.times[:, 0])  # reads heat alone
    assert on_chip.frames is not None
    assert made.eyes is not None
    with closing(LoneEyes(eye)) as lone:
        for frames in on_chip.frames:
            lone.find(frames)
        for ours, theirs in zip(lone.sights, made.eyes.sights, strict=True):
            assert theirs["target"].heat.max() > theirs["target"].heat.min()
            np.testing.assert_array_equal(ours["target"].heat, theirs["target"].heat)


def driven(arm: Arm, made: SeeingController, eye: EyeWeights) -> tuple[SeenLog, Any]:
    """Let an arm reach for a target that it sees for 0.3 s; return the log, and a step's cost."""
    spec = find_sight("eye") if made.eyes is None else find_sight("eye-chip").through(made.eyes)
    with made.controller, Scene(arm, spec.scene_config(eye)) as scene:
        arm.reset()
        surroundings = draw_surroundings(scene, np.random.default_rng(1))
        course = Jumps(scene.middle[None] + np.array([[0.0, 0.08, 0.05]]), 0.3)
        layout, rng = Layout("static", course, (True,), surroundings), np.random.default_rng(2)
        log = SeenRun(arm, made.controller, spec, layout, rng, eye, keep_frames=True).log(scene)
        assert log.trajectory is not None
        return log, step_cost(made.controller, log.trajectory)
