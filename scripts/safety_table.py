"""Faults of sensors and controllers: how fast the arm becomes, and when it stops.

.venv/bin/python scripts/safety_table.py --arm gen3
"""

from dataclasses import dataclass

import tyro

from spikearm.arm_models import load_arm
from spikearm.experiments.console.console import console
from spikearm.experiments.studies.safety.study import measure_faults, stops_table


@dataclass(frozen=True)
class Options:
    """Measure every fault on one arm, under the analytic law and the chip's arithmetic.

    Attributes:
        arm: Name of an arm that a trained controller ships for.
    """

    arm: str = "gen3"

    def execute(self) -> None:
        """Measure and print."""
        arm = load_arm(self.arm)
        with console.status("Measuring"):
            stops = list(measure_faults(arm))
        console.print(stops_table(arm, stops))


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
