"""``spikearm verify``: run a part of a submitted benchmark again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_processes
from spikearm.experiments.commands.bench import BenchCommand
from spikearm.experiments.console.console import console, errors
from spikearm.experiments.console.progress import ProgressWatcher
from spikearm.experiments.proof.difference import Difference
from spikearm.experiments.proof.submission import read_submission
from spikearm.experiments.proof.verdict import verification_verdict
from spikearm.experiments.proof.verifying import verify
from spikearm.experiments.seed import check_seed
from spikearm.experiments.sweep.options import build_nested
from spikearm.experiments.unset import Unset

MOST_SHOWN = 10  # differences


@dataclass(frozen=True)
class VerifyCommand:
    """Run a random part of a submitted benchmark again, and compare.

    Every number of the table has to follow from the submitted motions, and the motions that are
    drawn have to come out again: to the last bit where versions, number of cores and rounding are
    those of the submission, and within tolerances elsewhere. The exit status is 1 if something
    does not.

    Examples:
        spikearm verify runs/gen3/submission.json
        spikearm verify submission.json --share 1 --jobs 8

    Attributes:
        file: File that `spikearm bench --submit` wrote.
        share: Share of the episodes that run again, each out and back.
        seed: Seed of the draw.
        jobs: Number of processes. Default: the number of cores.
    """

    file: Annotated[Path, tyro.conf.Positional]
    share: float = 0.1
    seed: int = 0
    jobs: Unset[int] = None

    def __post_init__(self) -> None:
        check_seed(self.seed)
        check_processes(self.jobs)
        if not 0 < self.share <= 1:
            raise SpikearmError(f"A share of {self.share} is not possible: give more than 0 to 1.")

    def execute(self) -> int:
        """Verify the file and print the verdict; return 1 if it does not reproduce."""
        submission = read_submission(self.file)
        command = build_nested(BenchCommand, submission.config["options"])
        experiment = replace(command, jobs=self.jobs).experiment()
        rng = np.random.default_rng(self.seed)
        with ProgressWatcher() as watcher:
            found = verify(submission, experiment, self.share, rng, watcher)
        console.print(verification_verdict(submission, found), soft_wrap=True, highlight=False)
        _print_differences(found.differences)
        return 0 if found.reproduces else 1


def _print_differences(differences: Sequence[Difference]) -> None:
    for difference in differences[:MOST_SHOWN]:
        errors.print(str(difference), style="red", soft_wrap=True, highlight=False)
    if len(differences) > MOST_SHOWN:
        errors.print(f"and {len(differences) - MOST_SHOWN} more.")
