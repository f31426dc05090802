"""Measures in closed loop what rescuing a controller's weights from 8 bits is good for.

The readout is learned anew for each way of keeping weights, all from the same presentations,
because the one that ships has been learned with coarse weights.

.venv/bin/python scripts/rescue_gain.py --arm gen3
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import tyro
from ablations import FloatingPoint, Result, Variant, measure, results_table
from rich.console import Console
from train_shipped import CONFIGS

from arm_models import Arm, load_arm
from controller.workspace import Workspace
from experiments.commands.train import TILT, benchmark_radius
from experiments.console import TrainingWatcher
from experiments.course import Course, TrainingConfig
from experiments.whole_file import whole_file
from loihi_deploy.engine_simulation import EngineSimulation, RescuedSimulation

CHIPS = {
    "8 bits": EngineSimulation,
    "8 bits, rescued": RescuedSimulation,
    "floating point": FloatingPoint,
}
KEPT = ("samples.npz", "compression.npz")  # what all ways of keeping weights share


@dataclass(frozen=True)
class Options:
    """Learn the readout with each way of keeping weights, and measure.

    Attributes:
        arm: Which arm.
        trained: Folder of its training, as scripts/train_shipped.py leaves it.
        folder: Where what is learned here goes.
        presentations: States shown to the chip's neurons.
        jobs: How many processes work at a time. Default: as many as there are cores.
    """

    arm: str = "gen3"
    trained: Path = Path("trained/gen3")
    folder: Path = Path("trained/rescue")
    presentations: int = 6000
    jobs: int | None = None

    def execute(self) -> None:
        """Learn, measure and print."""
        arm = load_arm(self.arm)
        config = replace(CONFIGS.get(self.arm, TrainingConfig()), presentations=self.presentations)
        variants = [Variant(name, config, chip) for name, chip in CHIPS.items()]
        Console().print(results_table([self._result(arm, variant) for variant in variants]))

    def _result(self, arm: Arm, variant: Variant) -> Result:
        folder = self.folder / self.arm / variant.name.replace(" ", "-").replace(",", "")
        folder.mkdir(parents=True, exist_ok=True)
        first = folder.parent / next(iter(CHIPS)).replace(" ", "-")
        for name in KEPT:
            source = next(
                (one / name for one in (self.trained, first) if (one / name).exists()), None
            )
            if source is not None and not (folder / name).exists():
                with whole_file(folder / name) as draft:
                    shutil.copyfile(source, draft)
        workspace = Workspace(benchmark_radius(arm.model), TILT)
        with TrainingWatcher() as watcher:
            course = Course(
                arm, workspace, variant.config, folder, watcher, self.jobs, variant.chip
            )
            return measure(arm, variant, course.run())


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
