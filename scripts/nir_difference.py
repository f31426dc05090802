"""Measurement of the difference of a NIR graph from its controller: latent code and torque at rest.

States and commands are drawn as for training, and held; what the network settles at is compared
between the graph, which sc-neurocore runs, the stage ``spiking`` with more and more of what the
graph cannot say, and the stage ``loihi``. Needs the extra [interop].

.venv/bin/python scripts/nir_difference.py --arm gen3
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import load_arm
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments.studies.nir_difference import (
    difference,
    draw_inputs,
    list_runners,
    settle,
)


@dataclass(frozen=True)
class Options:
    """Compare one controller with its graph.

    Attributes:
        arm: Name of the arm.
        trained: Trained controller, from `spikearm train`, in place of the one that ships.
        inputs: Number of states and commands to draw.
        time: Time that each is held [s].
    """

    arm: str = "gen3"
    trained: Path | None = None
    inputs: int = 8
    time: float = 0.6

    def execute(self) -> None:
        """Measure and print."""
        trained = (
            shipped(self.arm) if self.trained is None else TrainedController.load(self.trained)
        )
        arm = load_arm(self.arm)
        drawn = draw_inputs(arm, trained, self.inputs, np.random.default_rng(0))
        backup = SaturationBackup.of_arm(arm.model, trained.weights, "spiking")
        settled = {
            name: settle(run, drawn)
            for name, run in list_runners(trained.weights, backup, self.time).items()
        }
        table = Table("compared with the graph at its own step", "latent code, %", "torque, %")
        graph = settled.pop("the graph")
        for name, other in settled.items():
            errors = (100 * difference(a, b) for a, b in zip(other, graph, strict=True))
            table.add_row(name, *(f"{error:.1f}" for error in errors))
        Console().print(table)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
