"""Training of the controllers that ship with the package, and their measurements.

.venv/bin/python scripts/train_shipped.py --arms gen3 panda
.venv/bin/python scripts/train_shipped.py --arms gen3 --weightless
.venv/bin/python scripts/train_shipped.py --arms gen3 --task workspace
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import tyro

from spikearm.controller.classical.command import Feedforward
from spikearm.controller.weights.shipped_folder import shipped_file, shipped_name
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.commands.train import CONTROLLER, TrainCommand
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.tasks.point_to_point import PointToPoint
from spikearm.experiments.tasks.reaching import ReachingName
from spikearm.experiments.training.recipes import RECIPES

ARMS = ("gen3", "panda", "fr3", "iiwa14", "ur5e", "jaco2_7dof")
MEASURED = (
    "task", "feedforward", "controller", "position_rmse_m", "excess_deviation", "fidelity_rmse_m",
    "endpoint_error_m", "orientation_rmse_rad", "success_rate", "cores",
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """Train, measure with seed 0, and copy the files into the package.

    Attributes:
        arms: Names of the arms.
        weightless: Train and measure without gravity, which is left to adaptation.
        task: Task to be trained for.
        folder: Folder of the trainings, with one per controller; a training that was begun goes on.
    """

    arms: tuple[str, ...] = ARMS
    weightless: bool = False
    task: ReachingName = "centre-out"
    folder: Path = Path("trained")

    def execute(self) -> None:
        """Train all, one after the other."""
        for arm in self.arms:
            self._ship(ArmConfig(arm, weightless=self.weightless))

    def _ship(self, plant: ArmConfig) -> None:
        name = shipped_name(plant.arm, not self.weightless, self.task == "workspace")
        recipe = RECIPES[self.task]
        command = TrainCommand(self.folder / name, plant, self.task, training=recipe)
        command.execute()
        trained = TrainedController.load(command.out / CONTROLLER)
        about = {**trained.about, "measured": self._measure(plant, trained)}
        with atomic_file(command.out / CONTROLLER) as draft, draft.open("wb") as file:
            TrainedController(trained.weights, trained.workspace, about).save(file)
        shutil.copyfile(command.out / CONTROLLER, shipped_file(name))

    def _measure(self, plant: ArmConfig, trained: TrainedController) -> list[dict[str, object]]:
        arm = plant.load()
        task = CentreOut() if self.task == "centre-out" else PointToPoint()
        rows = []
        controllers = choose_controllers(["rate", "spiking", "loihi"])
        for feedforward in get_args(Feedforward):
            setup = ControllerSetup(arm.model, trained, feedforward=feedforward)
            rows += run_benchmark(BenchmarkPlan(arm, task, controllers, [0], setup)).rows
        return [{name: row.get(name) for name in MEASURED} for row in rows]


if __name__ == "__main__":
    tyro.cli(Options).execute()
