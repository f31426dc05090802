"""Measurement of the gain of rescaling a controller's weights, in closed loop.

The readout is learned anew for each way of keeping weights, all from recordings of the same states,
because the one that ships has been learned with coarse weights.

.venv/bin/python scripts/rescaling_gain.py --arm gen3
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import tyro
from rich.console import Console
from train_shipped import CONFIGS

from spikearm.arm_models import Arm, load_arm
from spikearm.controller.spiking.weights import NetworkWeights
from spikearm.experiments.console.console import TrainingWatcher
from spikearm.experiments.records.atomic_file import whole_file
from spikearm.experiments.studies.ablations.result import measure
from spikearm.experiments.studies.ablations.simulations import FloatingPoint
from spikearm.experiments.studies.ablations.table import results_table
from spikearm.experiments.studies.ablations.variant import Variant
from spikearm.experiments.training.benchmark_workspace import benchmark_workspace
from spikearm.experiments.training.pipeline import Course, TrainingConfig
from spikearm.loihi_deploy.backends.engine import EngineSimulation, RescaledSimulation

KEPT = ("samples.npz", "compression.npz", "readout.npz")  # the same however weights are kept


class Way(NamedTuple):
    """Arithmetic of the weights, and the simulation that the readout is learned from."""

    name: str
    chip: type[EngineSimulation]
    recorded: type[EngineSimulation]


WAYS = (
    Way("8 bits", EngineSimulation, EngineSimulation),
    Way("8 bits, rescaled", RescaledSimulation, RescaledSimulation),
    Way("8 bits, rescaled, readout of 8 bits", RescaledSimulation, EngineSimulation),
    Way("floating point", FloatingPoint, FloatingPoint),
)


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
        arm = load_arm(self.arm)
        config = replace(CONFIGS.get(self.arm, TrainingConfig()), recordings=self.recordings)
        results = [
            measure(
                arm, Variant(way.name, config, way.chip), self._learn(arm, config, way.recorded)
            )
            for way in WAYS
        ]
        Console().print(results_table(results))

    def _learn(
        self, arm: Arm, config: TrainingConfig, recorded: type[EngineSimulation]
    ) -> NetworkWeights:
        """Learn the readout from the activity of the chip's neurons, unless it is there."""
        folder = self.folder / self.arm / recorded.__name__
        self._take_over(folder)
        workspace = benchmark_workspace(arm.model)
        with TrainingWatcher() as watcher:
            return Course(arm, workspace, config, folder, watcher, self.jobs, recorded).run()

    def _take_over(self, folder: Path) -> None:
        """Copy the files of the training, or of another arithmetic here."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            there = [self.trained / name, *folder.parent.glob(f"*/{name}")]
            source = next((path for path in there if path.exists()), None)
            if source is not None and not (folder / name).exists():
                with whole_file(folder / name) as draft:
                    shutil.copyfile(source, draft)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
