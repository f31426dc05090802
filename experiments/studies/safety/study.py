"""Every fault under every controller, on one arm."""

from collections.abc import Iterator

from rich.table import Table

from spikearm.arm_models import Arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.studies.safety.faults import FAULTS
from spikearm.experiments.studies.safety.measurement import Stop, measure_stop
from spikearm.experiments.tables import make_table
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task

LAWS = ("analytic", "loihi")


def measure_faults(arm: Arm) -> Iterator[tuple[str, str, Stop]]:
    """Yield the name of each fault and of the controller that it befell, and the stop."""
    task = plan_task(arm.model, CentreOut(), 0)
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
