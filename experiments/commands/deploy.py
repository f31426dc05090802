"""``spikearm deploy``: check a controller against the chip's limits."""

import json
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, ClassVar, Literal

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.console.console import console, print_all
from spikearm.experiments.eye_on_chip.chip_eyes import ChipEyes
from spikearm.experiments.eye_on_chip.watched_frames import watched_frames
from spikearm.experiments.needs import Need
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.find_trained import find_trained
from spikearm.experiments.options.new_paths import check_new_file
from spikearm.experiments.records.atomic_file import append_line, atomic_file, check_appendable
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.records.reach_file import write_reaches
from spikearm.experiments.studies.deployment.board_check import BoardCheck, check_board
from spikearm.experiments.studies.deployment.deployment import (
    ControllerDeployment,
    MappingConfig,
    Stages,
    deploy_controller,
)
from spikearm.experiments.studies.deployment.drive import DriveConfig
from spikearm.experiments.studies.deployment.figure import write_picture
from spikearm.experiments.studies.deployment.table import (
    allocation_tables,
    cost,
    error_table,
    limits_table,
    losses,
    notes,
    split_price,
    split_table,
    tightest_table,
)
from spikearm.experiments.studies.deployment.verdict import deployment_verdict
from spikearm.experiments.unset import Unset
from spikearm.loihi_deploy.board.board import require_board
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.perception.eye.shipped_eye import load_eye

BREACH = 1  # exit status


@dataclass(frozen=True)
class DeployCommand:
    """Check a spiking controller against the limits of a Loihi chip.

    The controller drives its arm through one reach in the chip's arithmetic. A table shows the
    cores that it takes and the tightest limits; exit status 1 says that it does not fit.

    Examples:
        spikearm deploy --arm gen3 --picture chip.html
        spikearm deploy --arm gen3 --split
        spikearm deploy --arm gen3 --eye

    Attributes:
        plant: Arm that is controlled.
        board: Board that the network is to run on.
        drive: Reach that the arm makes meanwhile.
        backend: Machine that makes the reach: the engine, or after it a Loihi board too, whose
            torques are then compared.
        mapping: Mapping of the network onto the chip.
        trained: Trained controller, from `spikearm train`, or the name of one that ships, such as
            gen3. Default: the one that ships for the arm.
        eye: Put two eyes into the controller's network, on the same chip; their cameras watch a
            scene meanwhile.
        eye_weights: File of weights of an eye, from `spikearm train-eye`. Default: those that ship
            for the arm.
        all: Show every limit, the weights' errors and what other allocators make of it.
        log: File that a line about this deployment is added to.
        steps: Write the reach into this new Parquet file, one row per step: states, torques,
            latencies and counts.
        picture: Draw the chip into this new HTML file: cores, and spikes between them.
    """

    NEEDS: ClassVar = (Need(("eye_weights",), lambda one: one.eye, "with --eye"),)

    plant: ArmConfig = field(default_factory=ArmConfig)
    board: BoardConfig = field(default_factory=BoardConfig)
    drive: DriveConfig = field(default_factory=DriveConfig)
    backend: Literal["engine", "board"] = "engine"
    mapping: MappingConfig = field(default_factory=MappingConfig)
    trained: Unset[Path] = None
    eye: bool = False
    eye_weights: Unset[Path] = None
    all: bool = False
    log: Path = Path("runs/deployments.jsonl")
    steps: Unset[Path] = None
    picture: Unset[Path] = None

    def execute(self) -> int:
        """Check, print the tables, add to the log and draw; return the exit status."""
        if self.picture is not None:
            check_new_file(self.picture, ".html")
        if self.steps is not None:
            check_new_file(self.steps, ".parquet")
        check_appendable(self.log)
        if self.backend == "board":
            if self.mapping.split:
                raise SpikearmError(
                    "A board runs the controller as it is: --split is for --backend engine."
                )
            if self.eye:
                raise SpikearmError(
                    "Events of cameras do not fit the link to a board: --eye is for --backend "
                    "engine."
                )
            require_board()
        arm = self.plant.load()
        trained = find_trained(arm, self.trained, ["loihi"])
        assert trained is not None
        eyes = self._eyes(arm)
        with console.status("Driving the arm in the chip's arithmetic"):
            found = deploy_controller(arm, trained, self.drive, self.board, self.mapping, eyes)
        self._print(arm, found)
        check = None
        try:
            check = self._check(arm, trained) if found.report.ok else None
        finally:  # the log gets the deployment, whatever becomes of the board
            append_line(self.log, json.dumps(self._entry(arm, found, check), allow_nan=False))
        if found.stages is not None:
            self._write_files(arm, found.stages)
        return 0 if found.report.ok else BREACH

    def _eyes(self, arm: Arm) -> ChipEyes | None:
        """Watch a scene by cameras, and make eyes that see it again and again."""
        if not self.eye:
            return None
        weights = load_eye(arm, self.eye_weights)
        with console.status("Watching a scene"):
            frames = watched_frames(self.plant.load(), weights, self.drive.seed)
        return ChipEyes(weights, cycle(frames).__next__)

    def _print(self, arm: Arm, found: ControllerDeployment) -> None:
        name = f"{arm.name} with two eyes" if self.eye else arm.name
        console.print(deployment_verdict(name, found))
        shown = limits_table if self.all else tightest_table
        console.print(shown(found.report, f"{arm.name} on Loihi"))
        print_all(notes(found.report))
        if (stages := found.stages) is None:
            return
        if self.all:
            console.print(error_table(stages.rescaling))
            print_all(allocation_tables(stages.allocations, self.mapping.allocator))
        if stages.splits:
            print_all([split_table(stages.splits), split_price(stages.splits)])
        print_all([losses(stages.rescaling, in_use=self.mapping.rescale), cost(stages)])
        if stages.border is not None:
            console.print(str(stages.border))

    def _write_files(self, arm: Arm, stages: Stages) -> None:
        """Write the files that options ask for."""
        if self.steps is not None:
            with atomic_file(self.steps) as draft:
                write_reaches([stages.reach], draft)
            console.print(f"Steps: {self.steps}", soft_wrap=True)
        if self.picture is not None:
            write_picture(stages.deployment, f"{arm.name} on Loihi", self.picture)
            console.print(f"Picture: {self.picture}", soft_wrap=True)

    def _check(self, arm: Arm, trained: TrainedController) -> BoardCheck | None:
        """Compare a board with the engine, if the backend is a board."""
        if self.backend != "board":
            return None
        with console.status("Driving the arm on the board"):
            check = check_board(arm, trained, self.drive, self.board)
        console.print(str(check))
        return check

    def _entry(
        self, arm: Arm, found: ControllerDeployment, check: BoardCheck | None
    ) -> dict[str, Any]:
        """Build a line of the log."""
        return {
            **provenance(),
            "arm": arm.name,
            "trained": None if self.trained is None else str(self.trained),
            "eye": self.eye,
            "eye_weights": None if self.eye_weights is None else str(self.eye_weights),
            "drive": asdict(self.drive),
            "board": asdict(self.board),
            "mapping": asdict(self.mapping),
            "ok": found.report.ok,
            "on_board": None if check is None else asdict(check),
            "resources": [asdict(row) for row in found.report.rows],
            **_stage_entries(found.stages),
        }


def _stage_entries(stages: Stages | None) -> dict[str, Any]:
    """Build the entries of the log on a network's stages, empty where it was not built."""
    if stages is None:
        empty = {"quantisation": [], "rescaled": [], "allocations": [], "splits": []}
        names = ("cores_per_chip", "chip", "energy_per_step_j", "step_time", "border")
        return empty | dict.fromkeys(names)
    return {
        "cores_per_chip": stages.deployment.placement.cores_per_chip,
        "quantisation": [asdict(error) for error in stages.rescaling.plain],
        "rescaled": [asdict(error) for error in stages.rescaling.rescaled],
        "allocations": [asdict(one) for one in stages.allocations],
        "splits": [asdict(one) for one in stages.splits],
        "chip": asdict(stages.chip),
        "energy_per_step_j": stages.chip.energy,
        "step_time": asdict(stages.times) | {"highest_rate": stages.times.highest_rate},
        "border": None if stages.border is None else asdict(stages.border),
    }
