"""Loss of an eye on the chip: its readings of scenes in integers and in floating point.

MUJOCO_GL=egl .venv/bin/python scripts/eye_integers.py
"""

from dataclasses import dataclass
from pathlib import Path

import tyro

from spikearm.arm_models import load_arm
from spikearm.experiments.eye_on_chip.integer_loss import measure_loss
from spikearm.perception.eye.shipped_eye import load_eye


@dataclass(frozen=True)
class Options:
    """Compare an eye in integers with the same eye in floating point.

    Attributes:
        arm: Arm in the scenes.
        eye_weights: File of weights of an eye. Default: those that ship for the arm.
        scenes: Number of scenes for each seed.
        seeds: Seeds of the scenes.
    """

    arm: str = "gen3"
    eye_weights: Path | None = None
    scenes: int = 60
    seeds: tuple[int, ...] = (9001, 9002, 9003)


def main(options: Options) -> None:
    """Measure, and print a line for each seed."""
    arm = load_arm(options.arm)
    weights = load_eye(arm, options.eye_weights)
    for seed in options.seeds:
        loss = measure_loss(arm, weights, options.scenes, seed)
        print(f"Seed {seed}: {loss}")


if __name__ == "__main__":
    main(tyro.cli(Options))
