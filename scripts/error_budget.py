"""Error budget: torque error of each part of a trained controller, and its effect on the hand.

Along the motions of the analytic controller, the torque of the neurons' steady rates is compared
with the law's, part by part; then each stage runs in closed loop, with the noise of spikes, its
commands leading by the lag of its filters and not leading.

.venv/bin/python scripts/error_budget.py --arm gen3
"""

from dataclasses import dataclass, replace

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.studies.benchmark.benchmark import Benchmark, run_benchmark
from spikearm.experiments.studies.benchmark.metrics import root_mean_square
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.error_budget import lag_part, static_errors
from spikearm.experiments.tasks.centre_out import CentreOut


@dataclass(frozen=True)
class Options:
    """Measure one arm's shipped controller on the circle, with seed 0.

    Attributes:
        arm: Name of the arm.
        feedforward: Part of the reference that is fed forward.
        stages: Stages that run in closed loop.
        task: Reaches.
    """

    arm: str = "gen3"
    feedforward: Feedforward = "acceleration"
    stages: tuple[str, ...] = ("rate", "spiking", "loihi")
    task: CentreOut = CentreOut()

    def execute(self) -> None:
        """Measure and print."""
        arm, trained = load_arm(self.arm), shipped(self.arm)
        setup = ControllerSetup(arm.model, trained, feedforward=self.feedforward)
        done, not_led = (self._run(arm, replace(setup, lead=lead)) for lead in (None, 0.0))
        motions = [reach.trajectory for reach in done.reaches if reach.controller == "analytic"]
        table = Table("what", "hand, m/s²", "moves it, mm")
        for part, error in static_errors(arm, trained, motions).items():
            size = root_mean_square(np.linalg.norm(error, axis=1))
            table.add_row(f"{part}, settled rates", f"{size:.4f}", f"{1e3 * size / Gains().kp:.3f}")
        for led, late in zip(done.rows[1:], not_led.rows[1:], strict=True):
            with_lead, without = led["fidelity_rmse_m"], late["fidelity_rmse_m"]
            for what, part in (
                ("closed loop", with_lead),
                ("commands not led", without),
                ("of which lag, in quadrature", lag_part(with_lead, without)),
            ):
                table.add_row(f"{led['controller']}, {what}", "", f"{1e3 * part:.3f}")
        Console().print(table)

    def _run(self, arm: Arm, setup: ControllerSetup) -> Benchmark:
        controllers = choose_controllers(self.stages)
        return run_benchmark(BenchmarkPlan(arm, self.task, controllers, [0], setup))


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
