"""Learning over trials: what is measured, and how it is put into numbers."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from arm_models import Arm, SpikearmError, load_arm
from controller.adaptation import AdaptationConfig
from controller.closed_loop import follow
from controller.joint_pid import JointPIDController
from controller.reference import MinimumJerk
from experiments.adaptation import Curve, Trial, TrialPlan, Trials
from experiments.centre_out import CentreOut, plan_reaches
from experiments.learning_table import curve_table, describe_notices
from experiments.metrics import position_rmse
from experiments.stages import Adaptation

TASK = CentreOut(targets=3, radius=0.05, duration=0.15, hold=0.05)
TRIALS = Trials(target=1, trials=3, payload=1.5, payload_offset=(0.0, 0.01, 0.02))
ADAPTATION = Adaptation(AdaptationConfig(learning_rate=10.0))
CURVE = Curve(
    "loihi", 4, unloaded=0.002, loaded=0.5, yardstick=0.042,
    trials=(Trial(0.022, 0.01, 3.0), Trial(0.004, 0.005, 5.0)), notices={},
)  # fmt: skip


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def curve(arm) -> Curve:
    return TrialPlan(arm, TASK, TRIALS, "acceleration", ADAPTATION, "engine").curve("pd", seed=0)


def test_what_is_left_of_the_load_s_effect_is_put_in_units_of_the_yardstick_s():
    np.testing.assert_allclose(CURVE.errors, [0.022, 0.004])
    np.testing.assert_allclose(CURVE.normalised, [0.5, 0.05])
    np.testing.assert_allclose(CURVE.excess, [10.0, 1.0])


def test_without_learning_it_is_measured_with_and_without_the_load(curve):
    arm = load_arm("gen3")
    reaches = plan_reaches(arm.model, TASK, 0)
    measured = []
    for mass in (0.0, TRIALS.payload):
        arm.attach_payload(mass, TRIALS.payload_offset)
        controller = JointPIDController(arm.model)
        controller.start(arm.reset())
        ways = []
        for start, goal in (
            (reaches.start, reaches.targets[1]),
            (reaches.targets[1], reaches.start),
        ):
            motion = MinimumJerk(start, goal, TASK.duration)
            ways.append(position_rmse(follow(arm, controller, motion, 0.2)))
        measured.append(np.mean(ways))
    assert [curve.unloaded, curve.loaded] == pytest.approx(measured)
    assert curve.yardstick == curve.loaded


def test_trials_learn_from_one_another(curve):
    assert len(curve.trials) == 3
    assert (np.diff(curve.errors) < 0).all()
    assert curve.normalised[2] < 0.3 < curve.normalised[0]
    assert curve.problem is None


def test_seeds_differ_and_the_same_seed_does_not(arm, curve):
    plan = TrialPlan(arm, TASK, TRIALS, "acceleration", ADAPTATION, "engine")
    again, other = plan.curve("pd", 0), plan.curve("pd", 1)
    np.testing.assert_array_equal(again.errors, curve.errors)
    assert (other.errors != curve.errors).all()
    assert other.loaded == curve.loaded


def test_an_arm_that_is_lost_ends_the_trials_and_the_reason_is_kept(arm, monkeypatch):
    monkeypatch.setattr(Arm, "_check_simulation", lambda self: diverge(self))
    plan = TrialPlan(arm, TASK, TRIALS, "acceleration", ADAPTATION, "engine")
    steps = iter(range(10**6))

    def diverge(_: Arm) -> None:
        if next(steps) == 400 + 400 + 400 + 30:  # without load, with it, one trial, and a part
            raise SpikearmError("it fell over")

    curve = plan.curve("pd", 0)
    assert len(curve.trials) == 1
    assert curve.problem == "it fell over"


@pytest.mark.parametrize(
    ("trials", "said"),
    [(Trials(target=3), "no target 3: give 0 to 2"), (Trials(target=-1), "no target -1")],
)
def test_there_is_no_target_beyond_the_task_s(arm, trials, said):
    with pytest.raises(SpikearmError, match=said):
        TrialPlan(arm, TASK, trials, "acceleration", ADAPTATION, "engine")


def test_no_trials_are_too_few():
    with pytest.raises(SpikearmError, match="0 trials are too few"):
        Trials(trials=0)


def printed(curves: list[Curve], trials: Trials, capsys: pytest.CaptureFixture) -> str:
    from experiments.console import console

    console.print(curve_table(curves, trials))
    return capsys.readouterr().out


def test_the_table_has_means_intervals_and_what_was_lost(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    second = replace(CURVE, seed=5, trials=(Trial(0.018, 0.01, 4.0), Trial(0.008, 0.005, 4.0)))
    lost = replace(CURVE, controller="spiking", loaded=None, trials=CURVE.trials[:1])
    text = printed([CURVE, second, lost], Trials(trials=2, payload=1.5), capsys)
    assert "1.5 kg" in text
    assert "0.450 [0.400, 0.500]" in text
    assert "0.100 [0.050, 0.150]" in text
    assert text.count("lost") == 2  # with the load, and in the second trial
    text = printed([CURVE], Trials(trials=2, payload=0.0), capsys)
    assert "excess deviation %" in text
    assert "1000.000" in text


def test_notices_are_named_with_their_number():
    said = describe_notices(Counter({"Error cut": 7, "Overflow in q0": 2}))
    assert "Error cut in 7 steps, Overflow in q0 in 2 steps" in said
    assert describe_notices(Counter()).startswith("No ")
