"""Measurement of the gain of rescaling a controller's weights, in closed loop.

The readout is learned anew for each way of keeping weights, all from recordings of the same states,
because the one that ships has been learned with coarse weights.

.venv/bin/python scripts/rescaling_gain.py --arm gen3
"""

from dataclasses import dataclass, replace
from pathlib import Path

import tyro
from rich.console import Console

from spikearm.arm_models import load_arm
from spikearm.experiments.console.progress import TrainingBars
from spikearm.experiments.studies.ablations.arithmetic import (
    ARITHMETICS,
    Arithmetic,
    ArithmeticStudy,
)
from spikearm.experiments.studies.ablations.result import Result
from spikearm.experiments.studies.ablations.table import results_table
from spikearm.experiments.training.recipes import RECIPES


@dataclass(frozen=True)
class Options:
    """Learn the readout with each arithmetic of the weights, and measure.

    Attributes:
        arm: Name of the arm.
        trained: Folder of its training, as scripts/train_shipped.py leaves it.
        folder: Folder for the readouts that are learned here.
        recordings: Number of states in which the activity of the chip's neurons is recorded.
        jobs: Number of processes that work at a time. Default: the number of cores.
    """

    arm: str = "gen3"
    trained: Path = Path("trained/gen3")
    folder: Path = Path("trained/rescale")
    recordings: int = 6000
    jobs: int | None = None

    def execute(self) -> None:
        """Learn, measure and print."""
        config = replace(RECIPES["centre-out"], recordings=self.recordings)
        arm, folder = load_arm(self.arm), self.folder / self.arm
        study = ArithmeticStudy(arm, config, self.trained, folder, self.jobs)
        Console().print(results_table([run(study, one) for one in ARITHMETICS]))


def run(study: ArithmeticStudy, arithmetic: Arithmetic) -> Result:
    """Learn the readout for one arithmetic, and measure it."""
    with TrainingBars() as watcher:
        weights = study.learn(arithmetic.recorded, watcher)
    return study.measure(arithmetic, weights)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
