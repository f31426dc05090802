"""Training of the controllers that ship with the package, and their measurements.

.venv/bin/python scripts/train_shipped.py --arms gen3 panda
.venv/bin/python scripts/train_shipped.py --arms gen3 --weightless
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import tyro

from spikearm.controller.classical.command import Feedforward
from spikearm.controller.spiking.trained import SHIPPED_FOLDER, WEIGHTLESS, TrainedController
from spikearm.experiments.commands.train import CONTROLLER, TrainCommand
from spikearm.experiments.console.arm_config import ArmConfig
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.training.shipped_configs import SHIPPED_CONFIGS
from spikearm.experiments.training.training_config import TrainingConfig

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
        folder: Folder of the trainings, with a folder per arm; a training that was begun goes on.
    """

    arms: tuple[str, ...] = ARMS
    weightless: bool = False
    folder: Path = Path("trained")

    def execute(self) -> None:
        """Train all, one after the other."""
        for arm in self.arms:
            config = SHIPPED_CONFIGS.get(arm, TrainingConfig())
            name = arm + WEIGHTLESS if self.weightless else arm
            plant = ArmConfig(arm, weightless=self.weightless)
            command = TrainCommand(self.folder / name, plant, training=config)
            command.execute()
            trained = TrainedController.load(command.out / CONTROLLER)
            measured = _measure(plant, trained)
            with atomic_file(command.out / CONTROLLER) as draft, draft.open("wb") as file:
                about = {**trained.about, "measured": measured}
                TrainedController(trained.weights, trained.workspace, about).save(file)
            SHIPPED_FOLDER.mkdir(exist_ok=True)
            shutil.copyfile(command.out / CONTROLLER, SHIPPED_FOLDER / f"{name}.npz")


def _measure(plant: ArmConfig, trained: TrainedController) -> list[dict[str, object]]:
    arm = plant.load()
    rows = []
    controllers = choose_controllers(["rate", "spiking", "loihi"])
    for feedforward in get_args(Feedforward):
        setup = ControllerSetup(arm.model, trained, feedforward=feedforward)
        plan = BenchmarkPlan(arm, CentreOut(), controllers, [0], setup)
        rows += run_benchmark(plan).rows
    return [{name: row.get(name) for name in MEASURED} for row in rows]


if __name__ == "__main__":
    tyro.cli(Options).execute()
