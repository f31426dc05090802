"""``spikearm deploy``: check a controller against the chip's limits."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from spikearm.arm_models import Arm
from spikearm.controller.spiking.trained import TrainedController
from spikearm.experiments.console.arm_config import ArmConfig
from spikearm.experiments.console.console import console
from spikearm.experiments.console.options import check_new_file, find_trained
from spikearm.experiments.records.atomic_file import append_line, check_appendable, whole_file
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.records.records import write_legs
from spikearm.experiments.studies.deployment.board_check import BoardCheck, check_board
from spikearm.experiments.studies.deployment.deployment import (
    Deployment,
    DriveConfig,
    MappingConfig,
    deploy,
)
from spikearm.experiments.studies.deployment.figure import write_picture
from spikearm.experiments.studies.deployment.table import (
    allocation_table,
    error_table,
    losses,
    report_table,
    summary,
)
from spikearm.loihi_deploy.board.hardware import require_board
from spikearm.loihi_deploy.checks.board_config import BoardConfig

BREACH = 1  # exit status


@dataclass(frozen=True)
class DeployCommand:
    """Check a spiking controller against every limit of a Loihi chip, without one.

    The controller drives its arm through one reach in the chip's arithmetic. A table shows what
    it takes of every resource; exit status 1 says that it does not fit.

    Example: spikearm deploy --arm gen3 --picture chip.html

    Attributes:
        plant: Which arm.
        board: What it is to run on.
        drive: What the arm does meanwhile.
        backend: Where the reach is made: on the engine, or after it on a Loihi board too, whose
            torques are then compared.
        mapping: How the network is brought onto the chip.
        trained: Trained controller, from `spikearm train`. Default: the one that ships for the
            arm.
        log: File that a line about this deployment is added to.
        steps: Write the reach into this new Parquet file, one row per step: states, torques,
            latencies and counts.
        picture: Draw the chip into this new HTML file: cores, and spikes between them.
    """

    plant: Annotated[ArmConfig, tyro.conf.arg(name="")] = field(default_factory=ArmConfig)
    board: Annotated[BoardConfig, tyro.conf.arg(name="")] = field(default_factory=BoardConfig)
    drive: Annotated[DriveConfig, tyro.conf.arg(name="")] = field(default_factory=DriveConfig)
    backend: Literal["engine", "board"] = "engine"
    mapping: Annotated[MappingConfig, tyro.conf.arg(name="")] = field(default_factory=MappingConfig)
    trained: Path | None = None
    log: Path = Path("runs/deployments.jsonl")
    steps: Path | None = None
    picture: Path | None = None

    def execute(self) -> int:
        """Check, print the tables, add to the log and draw; give the exit status."""
        if self.picture is not None:
            check_new_file(self.picture, ".html")
        if self.steps is not None:
            check_new_file(self.steps, ".parquet")
        check_appendable(self.log)
        if self.backend == "board":
            require_board()
        arm = self.plant.load()
        trained = find_trained(arm, self.trained, ["loihi"])
        assert trained is not None
        with console.status("Driving the arm in the chip's arithmetic"):
            deployment = deploy(arm, trained, self.drive, self.board, self.mapping)
        report = deployment.report
        console.print(report_table(report, f"{arm.name} on Loihi"))
        if report.deployed is not None:
            both = deployment.errors, deployment.rescaled
            console.print(error_table(*both))
            console.print(losses(*both, in_use=self.mapping.rescale), markup=False)
            console.print(allocation_table(deployment.allocations, self.mapping.allocator))
        console.print(summary(report))
        check = None
        try:
            check = self._check(arm, trained) if report.ok else None
        finally:  # what was found out is logged, whatever becomes of the board
            append_line(self.log, json.dumps(self._entry(arm, deployment, check), allow_nan=False))
        if self.steps is not None and deployment.leg is not None:
            with whole_file(self.steps) as draft:
                write_legs([deployment.leg], draft)
            console.print(f"Steps: {self.steps}", soft_wrap=True)
        if self.picture is not None and report.deployed is not None:
            write_picture(report.deployed, f"{arm.name} on Loihi", self.picture)
            console.print(f"Picture: {self.picture}", soft_wrap=True)
        return 0 if report.ok else BREACH

    def _check(self, arm: Arm, trained: TrainedController) -> BoardCheck | None:
        """Compare a board with the engine, if there is to be one."""
        if self.backend != "board":
            return None
        with console.status("Driving the arm on the board"):
            check = check_board(arm, trained, self.drive, self.board)
        console.print(str(check))
        return check

    def _entry(self, arm: Arm, deployment: Deployment, check: BoardCheck | None) -> dict[str, Any]:
        """Say in one line of the log what was deployed, and what it takes."""
        deployed = deployment.report.deployed
        return {
            **provenance(),
            "arm": arm.name,
            "trained": None if self.trained is None else str(self.trained),
            "drive": asdict(self.drive),
            "board": asdict(self.board),
            "mapping": asdict(self.mapping),
            "ok": deployment.report.ok,
            "on_board": None if check is None else asdict(check),
            "cores_per_chip": None if deployed is None else deployed.placement.cores_per_chip,
            "resources": [asdict(row) for row in deployment.report.rows],
            "quantisation": [asdict(error) for error in deployment.errors],
            "rescaled": [asdict(error) for error in deployment.rescaled],
            "allocations": [asdict(one) for one in deployment.allocations],
        }
