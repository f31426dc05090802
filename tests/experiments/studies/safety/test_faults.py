"""Faults in mid-motion: the arm's true speed, its stop, and the sentence that names the cause."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.studies.safety.faults import FAULTS, Moment
from spikearm.experiments.studies.safety.measurement import measure_stop
from spikearm.experiments.studies.safety.study import LAWS
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task

SLOW_TO_SHOW = {("panda", "flipped"), ("panda", "frozen"), ("fr3", "flipped"), ("fr3", "frozen")}
"""Faults of encoders whose joints hardly turn in the reach of these arms."""
QUICK = ("flipped", "frozen", "constant")  # of stage loihi, which take the longest to be found


def check(arm_name: str, stage: str, fault_name: str) -> None:
    arm, fault = load_arm(arm_name), FAULTS[fault_name]
    trained = shipped(arm_name) if stage == "loihi" else None
    task = plan_task(arm.model, CentreOut(), 0)
    with ChosenController(stage).make(ControllerSetup(arm.model, trained)) as controller:
        stop = measure_stop(arm, controller, task, fault)
    assert stop.top_speed_share < 1.1
    assert stop.stop_time is not None
    assert stop.stop_time < 0.3
    assert stop.crept < 1e-3
    assert stop.named, stop.sentence


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_stops_gen3_under_the_analytic_law(fault):
    check("gen3", "analytic", fault)


@pytest.mark.parametrize("fault", QUICK)
def test_a_fault_stops_gen3_under_stage_loihi(fault):
    check("gen3", "loihi", fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in QUICK])
def test_every_other_fault_stops_gen3_under_stage_loihi(fault):
    check("gen3", "loihi", fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("stage", LAWS)
@pytest.mark.parametrize("arm", ["panda", "fr3", "iiwa14", "ur5e", "jaco2_7dof"])
def test_every_fault_stops_every_arm(arm, stage, fault):
    if (arm, fault) in SLOW_TO_SHOW:
        pytest.skip("The joint turns so slowly that the fault shows late, if at all.")
    check(arm, stage, fault)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_shows_itself(fault):
    """Check that the fault changes something that is sensed or done."""
    arm = load_arm("gen3")
    state = arm.reset(dq=np.array([0.3, -0.2, 0.5, 0.4, 0.1, -0.6, 0.2]))
    one = FAULTS[fault]
    later = state._replace(time=state.time + 0.1, q=state.q + 0.1)
    sensed = one.sense(Moment(later, state, 3, 2, 4))
    same = all(str(getattr(sensed, n)) == str(getattr(later, n)) for n in ("q", "dq", "hand"))
    if not same:
        return
    torque = arm.model.dynamics(state.q).bias_force
    try:
        acted = one.act(torque, arm.chain.torque_limits)
    except RuntimeError:
        return
    assert str(acted) != str(torque)
