"""Every fault under every controller, on one arm."""

from collections.abc import Iterator

from rich.table import Table

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.references.joint_reference import JointReference
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.trained import shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.studies.safety.faults import FAULTS
from spikearm.experiments.studies.safety.measurement import Stop, measure_stop
from spikearm.experiments.tables import make_table
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.task import Task

LAWS = ("analytic", "loihi")
DURATIONS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # s; the first in which the arm is slow enough
SHARE = 0.8  # of the velocity limits, for what a controller adds to its reference


def plan_reach(arm: Arm) -> Task:
    """Plan a reach that is within an arm's velocity limits.

    Raises:
        SpikearmError: None of the durations is long enough.
    """
    for duration in DURATIONS:
        task = plan_task(arm.model, CentreOut(duration=duration), 0)
        motion = MinimumJerk(task.start, task.targets[0], duration)
        reference, most = JointReference(arm.model, 0.01, start=task.start_joints), 0.0
        for step in range(round(duration / 0.01)):
            reference.advance(motion.at(0.01 * step))
            most = max(most, float((abs(reference.dq) / arm.chain.velocity_limits).max()))
        if most < SHARE:
            return task
    raise SpikearmError(f"Arm '{arm.name}' is too slow for a reach of {DURATIONS[-1]:g} s.")


def measure_faults(arm: Arm) -> Iterator[tuple[str, str, Stop]]:
    """Yield the name of each fault and of the controller that it befell, and the stop."""
    task = plan_reach(arm)
    for stage in LAWS:
        trained = shipped(arm.name) if stage == "loihi" else None
        with ChosenController(stage).make(ControllerSetup(arm.model, trained)) as controller:
            for name, fault in FAULTS.items():
                yield name, stage, measure_stop(arm, controller, task, fault)


def stops_table(arm: Arm, stops: list[tuple[str, str, Stop]]) -> Table:
    """Tabulate top speed, stopping time and sentence of each fault."""
    heading = ("fault", "controller", "top speed %", "stopped ms", "named", "sentence")
    table = make_table(f"Faults on {arm.name}", heading, left=(*heading[:2], "sentence"))
    for name, stage, stop in stops:
        time = "never" if stop.stop_time is None else f"{1e3 * stop.stop_time:.0f}"
        table.add_row(
            FAULTS[name].title, stage, f"{100 * stop.top_speed_share:.0f}", time,
            "yes" if stop.named else "no", stop.sentence.split(" at ")[0],
        )  # fmt: skip
    return table
