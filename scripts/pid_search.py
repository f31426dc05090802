"""Search for the integral gain of PID control, and its bound, under an unknown payload.

kp and kv are the benchmark's, the same for every controller; that of larger ones is shown beside
it. The error is that of ``spikearm adapt``: position rmse out and back, mean of both ways.

.venv/bin/python scripts/pid_search.py
"""

from dataclasses import dataclass

import tyro
from rich.console import Console

from spikearm.arm_models import load_arm
from spikearm.experiments.perturbations.level import default_level
from spikearm.experiments.studies.integral_gain.repeated_reach import RepeatedReach
from spikearm.experiments.studies.integral_gain.search import GainSearch
from spikearm.experiments.studies.integral_gain.setting import Setting
from spikearm.experiments.studies.integral_gain.table import found_table, perturbation_table
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task


@dataclass(frozen=True)
class Options:
    """Search, and print what was found.

    Attributes:
        arm: Name of the arm.
        perturbation: Perturbation of the plant that gains are searched for.
        target: Number of the target on the circle, from 0.
        trials: Most trials until an integral that is kept has settled.
        jobs: Number of processes that work at a time. Default: the number of cores.
    """

    arm: str = "gen3"
    perturbation: str = "payload=2"
    target: int = 2
    trials: int = 10
    jobs: int | None = None

    def execute(self) -> None:
        """Search for every strength of kp, then try the benchmark's on all perturbations."""
        arm = load_arm(self.arm)
        task = plan_task(arm.model, CentreOut(), 0)
        reach = RepeatedReach(arm, task, self.target, self.trials)
        search = GainSearch(reach, default_level(self.perturbation))
        found = search.best_settings(self.jobs)
        console = Console(width=120)
        console.print(found_table(self.arm, search, found))
        console.print(perturbation_table(self.arm, reach, [Setting(), *found[:2]]))


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
