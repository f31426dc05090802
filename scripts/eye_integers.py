"""Loss of an eye on the chip: its readings of scenes in integers and in floating point.

.venv/bin/python scripts/eye_integers.py --eye eye.npz
"""

from dataclasses import dataclass
from pathlib import Path

import tyro

from spikearm.arm_models import load_arm
from spikearm.experiments.eye_on_chip.integer_loss import measure_loss
from spikearm.perception.eye.eye_weights import EyeWeights


@dataclass(frozen=True)
class Options:
    """Compare an eye in integers with the same eye in floating point.

    Attributes:
        eye: Eye, from `spikearm train-eye`.
        arm: Arm in the scenes.
        scenes: Number of scenes for each seed.
        seeds: Seeds of the scenes.
    """

    eye: Path
    arm: str = "gen3"
    scenes: int = 60
    seeds: tuple[int, ...] = (9001, 9002, 9003)


def main(options: Options) -> None:
    """Measure, and print a line for each seed."""
    weights = EyeWeights.load(options.eye)
    for seed in options.seeds:
        loss = measure_loss(load_arm(options.arm), weights, options.scenes, seed)
        print(f"Seed {seed}: {loss}")


if __name__ == "__main__":
    main(tyro.cli(Options))
