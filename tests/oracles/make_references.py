"""Writes the reference trajectories in tests/references. Run it after a change that is meant.

.venv/bin/python tests/oracles/make_references.py --controllers analytic loihi
"""

from dataclasses import dataclass
from pathlib import Path

import tyro
from regression import record_reference, write_reference
from rich.progress import track

from spikearm.arm_models import ARMS
from spikearm.controller.weights.shipped_folder import shipped_arms
from spikearm.experiments.controllers import CONTROLLERS

FOLDER = Path(__file__).parents[1] / "references"


@dataclass(frozen=True)
class Options:
    """Record one reach of every arm with every controller.

    Attributes:
        controllers: Controllers to record.
        arms: Arms to record; neural controllers leave out arms that no weights ship for.
    """

    controllers: tuple[str, ...] = ("analytic", "loihi")
    arms: tuple[str, ...] = tuple(name for name in ARMS if not name.startswith("planar"))


def main(options: Options) -> None:
    """Write the files."""
    cases = [
        (arm, name)
        for name in options.controllers
        for arm in options.arms
        if not CONTROLLERS[name].needs_training or arm in shipped_arms()
    ]
    for arm, name in track(cases, "Recording"):
        write_reference(record_reference(arm, name), FOLDER / f"{arm}-{name}.parquet")


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
