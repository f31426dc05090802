"""Trainings and results of all variants, each in a folder of its own."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.training.products import draw_commands, solve_readout
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.studies.ablations.result import Result, measure
from spikearm.experiments.studies.ablations.variant import SEED, Variant
from spikearm.experiments.tasks.benchmark_workspace import benchmark_workspace
from spikearm.experiments.training.pipeline import Training
from spikearm.experiments.training.training_watcher import TrainingWatcher
from spikearm.neural.files.array_file import read_arrays, understood
from spikearm.neural.files.typed_json import read_json


@dataclass(frozen=True)
class AblationStudy:
    """Trainings and results of all variants on one arm.

    Attributes:
        arm: Plant.
        variants: Variants; they share the files that would be the same in each.
        folder: Folder of the trainings and results, one folder inside for each variant.
        jobs: Number of processes; the number of cores when left out.
    """

    arm: Arm
    variants: Sequence[Variant]
    folder: Path
    jobs: int | None = None

    def kept(self, variant: Variant) -> Result | None:
        """Load the result of an earlier measurement; None if there is none."""
        path = self._result_file(variant)
        if not path.exists():
            return None
        with understood(path, "result of a variant", "Delete it, and measure the variant again."):
            return Result(**read_json(path, Result))

    def measure(self, variant: Variant, weights: NetworkWeights) -> Result:
        """Measure a trained variant in closed loop, and keep its result."""
        result = measure(self.arm, variant, weights)
        with atomic_file(self._result_file(variant)) as draft:
            draft.write_text(json.dumps(asdict(result)), "utf-8")
        return result

    def train(self, variant: Variant, watcher: TrainingWatcher) -> NetworkWeights:
        """Train a variant, from the first step whose file is not there."""
        folder = self._folder(variant)
        self.share_files(variant)
        workspace = benchmark_workspace(self.arm.model)
        weights = Training(
            self.arm, workspace, variant.config, folder, watcher, self.jobs, variant.chip
        ).run()
        return weights if variant.recorded else self._solve(weights, folder)

    def share_files(self, variant: Variant) -> None:
        """Copy the files of other trainings that would be the same in this one."""
        folder = self._folder(variant)
        folder.mkdir(parents=True, exist_ok=True)
        for other in self.variants:
            there, shared = self._folder(other), ["samples.npz"]
            if other.config.compression == variant.config.compression:
                shared.append("compression.npz")
            for name in shared:
                if (there / name).exists() and not (folder / name).exists():
                    with atomic_file(folder / name) as draft:
                        shutil.copyfile(there / name, draft)

    def _solve(self, weights: NetworkWeights, folder: Path) -> NetworkWeights:
        """Solve for the readout of stage ``loihi`` from steady rates, in closed form."""
        arrays = read_arrays(folder / "samples.npz")
        samples = Samples(**{name: array.astype(float) for name, array in arrays.items()})
        commands = draw_commands(weights.scaling, len(samples), np.random.default_rng(SEED))
        friction = DryFriction.of(self.arm.model)
        readout = solve_readout(weights, samples, commands, "loihi", friction)
        return weights.with_readout("loihi", readout)

    def _folder(self, variant: Variant) -> Path:
        return self.folder / variant.name.replace(" ", "-").replace(",", "")

    def _result_file(self, variant: Variant) -> Path:
        return self._folder(variant) / "result.json"
