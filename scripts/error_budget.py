"""Error budget: torque error of each part of a trained controller, and its effect on the hand.

Along the motions of the analytic controller, the torque of the neurons' steady rates is compared
with the law's, part by part; then each stage runs in closed loop, with lag and the noise of spikes.

.venv/bin/python scripts/error_budget.py --arm gen3
"""

from dataclasses import dataclass

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import load_arm
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.spiking.trained import shipped
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.metrics import root_mean_square
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.error_budget import static_errors
from spikearm.experiments.tasks.centre_out import CentreOut


@dataclass(frozen=True)
class Options:
    """Measure one arm's shipped controller on the circle, with seed 0.

    Attributes:
        arm: Name of the arm.
        feedforward: Part of the reference that is fed forward.
    """

    arm: str = "gen3"
    feedforward: Feedforward = "acceleration"

    def execute(self) -> None:
        """Measure and print."""
        arm, trained = load_arm(self.arm), shipped(self.arm)
        controllers = choose_controllers(["rate", "spiking", "loihi"])
        setup = ControllerSetup(arm.model, trained, feedforward=self.feedforward)
        plan = BenchmarkPlan(arm, CentreOut(), controllers, [0], setup)
        done = run_benchmark(plan)
        motions = [reach.trajectory for reach in done.reaches if reach.controller == "analytic"]
        table = Table("what", "hand, m/s²", "moves it, mm")
        for part, error in static_errors(arm, trained, motions).items():
            size = root_mean_square(np.linalg.norm(error, axis=1))
            table.add_row(f"{part}, settled rates", f"{size:.4f}", f"{1e3 * size / Gains().kp:.3f}")
        for row in done.rows[1:]:
            table.add_row(
                f"{row['controller']}, closed loop", "", f"{1e3 * row['fidelity_rmse_m']:.3f}"
            )
        Console().print(table)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
