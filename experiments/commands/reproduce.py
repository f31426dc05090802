"""``spikearm reproduce``: the experiment of a published work, beside what was published."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from spikearm.arm_models.errors import check_processes
from spikearm.experiments.console.conducting import conduct
from spikearm.experiments.lookup import find_entry
from spikearm.experiments.options.new_paths import new_folder
from spikearm.experiments.options.resolved_config import plain_options
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.studies.reproductions.registry import REPRODUCTIONS
from spikearm.experiments.studies.reproductions.study import ReproductionStudy
from spikearm.experiments.unset import Unset


@dataclass(frozen=True)
class ReproduceCommand:
    """Reproduce the experiment of a published work, beside its controls.

    Works: dewolf2023 (the control law in neurons on Loihi), hunter2022 (complementary sparsity),
    moraitis2022 (SoftHebb, which learns without labels), rossbroich2022 (fluctuation-driven
    initialisation), turner2022 (generated connectivity).

    Each lists what was published beside what was measured here, marked as reproduced, as different,
    or as not reproducible without data or machines that are not at hand; numbers and figure are in
    one new folder. Data ship with the extra [reproduce] or are generated; nothing
    is downloaded. Ctrl-C keeps the measurements that are finished.

    Examples:
        spikearm reproduce dewolf2023 --quick

    Attributes:
        work: Name of the work.
        quick: Small sizes and few seeds, under two minutes; without it, up to half an hour.
        out: New folder for the results. Default: a dated one in runs/.
        jobs: Number of processes. Default: the number of cores.
    """

    work: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="WORK")]
    quick: bool = False
    out: Unset[Path] = None
    jobs: Unset[int] = None

    def __post_init__(self) -> None:
        find_entry(REPRODUCTIONS, self.work, "work")
        check_processes(self.jobs)

    def execute(self) -> None:
        """Measure, print the findings and write the folder."""
        reproduction = REPRODUCTIONS[self.work]
        reproduction.check_packages()
        folder = new_folder(self.out, f"reproduce-{self.work}")
        config = {
            "command": "reproduce", "name": folder.name, "work": self.work,
            "citation": reproduction.citation, "options": plain_options(self), **provenance(),
        }  # fmt: skip
        conduct(ReproductionStudy(reproduction, self.quick, self.jobs), config, folder)
