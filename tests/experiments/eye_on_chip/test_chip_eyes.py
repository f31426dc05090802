"""Two eyes in the network of a controller: neither disturbs the other."""

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.eye_on_chip.chip_eyes import ChipEyes
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.loihi_deploy.backends.engine import EngineSimulation, FloatSimulation
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader, Sight
from spikearm.perception.eye.random_eye import random_eye
from spikearm.perception.sight.eye_finder import find_candidates

SIZE, N_STEPS, PERIOD = 12, 100, 4  # pixels, steps, steps of a frame
LAG = 1  # frames, from a frame to its heat in `sights`


@pytest.fixture(scope="module")
def weights() -> EyeWeights:
    return random_eye(np.random.default_rng(0), SIZE, (6, 4), (5, 3), (2, 2), share=0.1)


def camera(seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    while True:
        yield rng.random((2, SIZE, SIZE, 2)) < 0.06


def drive(trained, eyes: list[ChipEyes], backend: Callable = EngineSimulation) -> np.ndarray:
    """Let a controller move its arm for a while; return the torques, shape (n_steps, n_joints)."""
    arm = load_arm("gen3")
    task = plan_task(arm.model, CentreOut(targets=1), seed=0)
    motion, torques = MinimumJerk(task.start, task.targets[0], task.duration), []
    with SpikingController(trained.weights, backend, "loihi", subnetworks=eyes) as controller:
        controller.start(arm.reset(task.start_joints))
        for step in range(N_STEPS):
            torques.append(controller.torque(arm.state, motion.at(0.001 * step, arm.state)))
            arm.act(torques[-1])
            arm.advance()
    return np.array(torques)


def last_sights(weights: EyeWeights, shown: list[np.ndarray], camera: int) -> dict[str, Sight]:
    """Let an eye in floating point see all frames of a camera but the last."""
    eye, reader = Eye(weights), HeatReader(weights)
    sights = [reader.read(eye.see(frame[camera])) for frame in shown]
    return sights[-1 - LAG]


def test_the_arm_moves_as_if_there_were_no_eyes(trained, weights):
    frames = camera(1)
    eyes = ChipEyes(weights, lambda: next(frames))
    np.testing.assert_array_equal(drive(trained, [eyes]), drive(trained, []))
    assert len(eyes.sights) == 2


def test_each_eye_sees_what_its_camera_does(trained, weights):
    frames, shown = camera(2), []

    def look() -> np.ndarray:
        shown.append(next(frames))
        return shown[-1]

    eyes = ChipEyes(weights, look)
    drive(trained, [eyes], FloatSimulation)
    assert len(shown) == N_STEPS // PERIOD
    for number, sights in enumerate(eyes.sights):
        for name, sight in last_sights(weights, shown, number).items():
            np.testing.assert_array_equal(sights[name].heat, sight.heat)
            np.testing.assert_array_equal(sights[name].pixel, sight.pixel)
    assert (eyes.sights[0]["target"].heat != eyes.sights[1]["target"].heat).any()


def test_frames_may_be_shown_from_outside_and_are_found_in(trained, weights):
    """As :func:`drive` with a function to look by, one step earlier: heat is read when shown."""
    frames, eyes = camera(4), ChipEyes(weights)
    arm, shown, candidates = load_arm("gen3"), [], []
    reference = MinimumJerk(arm.state.hand, arm.state.hand, 1.0).at(0.0, arm.state)
    with SpikingController(
        trained.weights, FloatSimulation, "loihi", subnetworks=[eyes]
    ) as controller:
        controller.start(arm.state)
        for step in range(5 * PERIOD):
            if step % PERIOD == 0:
                shown.append(next(frames))
                candidates = eyes.find(shown[-1])
            controller.torque(arm.state, reference)
    for number, found in enumerate(candidates):
        peaks = find_candidates(last_sights(weights, shown, number), weights)
        assert found.keys() == peaks.keys()
        for name in found:
            for ours, theirs in zip(found[name], peaks[name], strict=True):
                np.testing.assert_array_equal(ours.pixel, theirs.pixel)


def test_an_arm_that_is_held_closes_the_eyes(trained, weights):
    frames = camera(3)
    eyes = ChipEyes(weights, lambda: next(frames))
    first, second = drive(trained, [eyes]), drive(trained, [eyes])
    np.testing.assert_array_equal(first, second)
    controller = SpikingController(trained.weights, EngineSimulation, "loihi", subnetworks=[eyes])
    with closing(controller):
        controller.start(load_arm("gen3").reset())
        assert eyes.sights == []
        assert controller.simulation.counts.spikes > 0
