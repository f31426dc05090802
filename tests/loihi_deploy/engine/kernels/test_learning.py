"""Learning in the closed loop on the engine, against nengo-loihi's emulator."""

from collections import Counter
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np
import pytest

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.trajectory import TIMED, Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments.controllers import Adaptation, Backend, ChosenController, ControllerSetup
from spikearm.experiments.studies.adaptation.table import describe_overflows
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.loihi_deploy import limits, preflight
from spikearm.loihi_deploy.backends.overflows import CLIPPED_TRACE, CLIPPED_WEIGHT, CUT_TRACE

ALIKE: tuple[Backend, ...] = ("engine", "emulator")
CONFIG = AdaptationConfig(neurons=120, ensembles=2, learning_rate=3.0)
TOO_FAST = replace(CONFIG, learning_rate=60.0, push=3.0)
LOAD = 1.0  # kg
LOOP_TIME = 0.12  # s


class Learned(NamedTuple):
    paths: list[Trajectory]
    weights: tuple[np.ndarray, ...]
    overflow_counts: Counter[str]


def make(
    arm: Arm, stage: str, backend: Backend, config: AdaptationConfig, trained: TrainedController
) -> AdaptiveController:
    setup = ControllerSetup(arm.model, trained, seed=3, adaptation=Adaptation(config))
    made = ChosenController(stage, True, backend).make(setup)
    assert isinstance(made, AdaptiveController)
    return made


def learn(
    stage: str,
    backend: Backend,
    config: AdaptationConfig,
    trained: TrainedController,
    duration: float,
    n_motions: int,
) -> Learned:
    """Begin a reach of the loaded gen3, some times."""
    arm = load_arm("gen3")
    target = plan_task(arm.model, CentreOut(radius=0.05), seed=0).targets[1]
    arm.attach_payload(LOAD)
    paths = []
    with make(arm, stage, backend, config, trained) as controller:
        for _ in range(n_motions):
            state = arm.reset()
            controller.start(state)
            motion = MinimumJerk(state.hand, target, 1.0)
            paths.append(follow(arm, controller, motion, duration))
        return Learned(paths, controller.learned.weights, controller.overflow_counts)


def assert_alike(ours: Learned, theirs: Learned) -> None:
    for one, other in zip(ours.paths, theirs.paths, strict=True):
        for field in fields(Trajectory):
            if field.name not in TIMED:
                np.testing.assert_array_equal(
                    getattr(one, field.name), getattr(other, field.name), err_msg=field.name
                )
    for mine, other in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert ours.overflow_counts == theirs.overflow_counts


@pytest.mark.parametrize("stage", ["analytic", "loihi"])
def test_engine_and_emulator_learn_the_same_weights_and_move_the_arm_alike(stage, trained):
    ours, theirs = (
        learn(stage, backend, CONFIG, trained, LOOP_TIME, n_motions=2) for backend in ALIKE
    )
    assert_alike(ours, theirs)
    assert np.abs(ours.paths[0].q - ours.paths[1].q).max() > 1e-3  # the second knows more
    assert all(np.count_nonzero(weights) > 100 for weights in ours.weights)
    assert not ours.overflow_counts.total()


@pytest.mark.slow
def test_they_do_over_a_whole_trial_with_the_shipped_controller():
    ours, theirs = (
        learn("loihi", backend, AdaptationConfig(), shipped("gen3"), 1.5, n_motions=2)
        for backend in ALIKE
    )
    assert_alike(ours, theirs)


@pytest.mark.filterwarnings("ignore:Clipping|Trace increment|Overflow:UserWarning")
def test_numbers_that_do_not_suffice_are_counted_alike_and_reported(trained):
    ours, theirs = (
        learn("analytic", backend, TOO_FAST, trained, LOOP_TIME, n_motions=3) for backend in ALIKE
    )
    assert_alike(ours, theirs)
    for notice in (CUT_TRACE, CLIPPED_TRACE, CLIPPED_WEIGHT):
        assert ours.overflow_counts[notice] > 0, notice
        assert f"{notice} in {ours.overflow_counts[notice]} steps" in describe_overflows(
            ours.overflow_counts
        )
    assert "larger" not in describe_overflows(Counter())


def test_clipping_is_a_warning_too(trained):
    with pytest.warns(UserWarning, match="Trace increment exceeds upper limit"):
        make(load_arm("gen3"), "analytic", "engine", TOO_FAST, trained).close()


@pytest.mark.parametrize("stage", ["analytic", "loihi"])
def test_an_adaptive_network_of_the_usual_size_fits_the_chip(stage, trained):
    arm = load_arm("gen3")
    with make(arm, stage, "engine", AdaptationConfig(), trained) as controller:
        report = preflight(controller.simulation.network, steps=20)
    # At rest all inputs spike at once. How many spikes a board takes in a step can be set.
    assert [row.resource for row in report.breaches] == [limits.HOST_SPIKES.resource]
    assert report.breaches[0].used < 130
    learns = [row for row in report.rows if row.resource == limits.TRACE_INCREMENT.resource]
    assert learns[0].used > 0
