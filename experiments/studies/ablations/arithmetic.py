"""Ways of keeping weights, each with a readout that is learned for it."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from spikearm.arm_models import Arm
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.studies.ablations.result import Result, measure
from spikearm.experiments.studies.ablations.variant import Variant
from spikearm.experiments.tasks.benchmark_workspace import benchmark_workspace
from spikearm.experiments.training.pipeline import Training
from spikearm.experiments.training.training_config import TrainingConfig
from spikearm.experiments.training.training_watcher import TrainingWatcher
from spikearm.loihi_deploy.backends.engine import (
    EngineSimulation,
    FloatSimulation,
    RescaledSimulation,
)

KEPT = ("samples.npz", "compression.npz", "readout.npz")  # the same however weights are kept


class Arithmetic(NamedTuple):
    """Arithmetic of the weights, and the simulation that the readout is learned from."""

    name: str
    chip: type[EngineSimulation]
    recorded: type[EngineSimulation]


ARITHMETICS = (
    Arithmetic("8 bits", EngineSimulation, EngineSimulation),
    Arithmetic("8 bits, rescaled", RescaledSimulation, RescaledSimulation),
    Arithmetic("8 bits, rescaled, readout of 8 bits", RescaledSimulation, EngineSimulation),
    Arithmetic("floating point", FloatSimulation, FloatSimulation),
)


@dataclass(frozen=True)
class ArithmeticStudy:
    """Readouts of one training for every arithmetic of the weights.

    Attributes:
        arm: Plant.
        config: Configuration of the training.
        trained: Folder of the training.
        folder: Folder of the readouts, one folder inside for each simulation.
        jobs: Number of processes; the number of cores when left out.
    """

    arm: Arm
    config: TrainingConfig
    trained: Path
    folder: Path
    jobs: int | None = None

    def learn(self, recorded: type[EngineSimulation], watcher: TrainingWatcher) -> NetworkWeights:
        """Learn the readout from the activity of the chip's neurons, unless it is there."""
        folder = self.folder / recorded.__name__
        self.share_files(folder)
        workspace = benchmark_workspace(self.arm.model)
        return Training(
            self.arm, workspace, self.config, folder, watcher, self.jobs, recorded
        ).run()

    def measure(self, arithmetic: Arithmetic, weights: NetworkWeights) -> Result:
        """Measure the closed loop with one arithmetic."""
        return measure(self.arm, Variant(arithmetic.name, self.config, arithmetic.chip), weights)

    def share_files(self, folder: Path) -> None:
        """Copy the files of the training, or of another arithmetic, into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            there = [self.trained / name, *folder.parent.glob(f"*/{name}")]
            source = next((path for path in there if path.exists()), None)
            if source is not None and not (folder / name).exists():
                with atomic_file(folder / name) as draft:
                    shutil.copyfile(source, draft)
