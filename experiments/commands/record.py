"""``spikearm record``: motions of a run in the formats of robotics."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import tyro

from spikearm.experiments.console.console import console
from spikearm.experiments.needs import Need
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.new_paths import check_new_file
from spikearm.experiments.recording.mcap import write_mcap
from spikearm.experiments.recording.replay import Replay, choose_replay
from spikearm.experiments.recording.rosbag2 import write_rosbag2
from spikearm.experiments.recording.rrd import write_rrd
from spikearm.experiments.records.records import check_new_folder, read_run
from spikearm.experiments.seed import check_seed
from spikearm.experiments.sweep.options import build_nested
from spikearm.experiments.unset import Unset

Format = Literal["rrd", "mcap", "rosbag2"]


@dataclass(frozen=True)
class RecordCommand:
    """Write the motions of a run for Rerun, MCAP or ROS 2.

    Rerun shows the arm, the paths of hand and reference, torques, and a raster of the spikes, if
    the run was made with --spikes. A bag for ROS 2 (rosbag2) and an MCAP file hold joint states
    with torques, and the poses of hand and reference; neither needs ROS.

    Examples:
        spikearm record runs/gen3 --to rrd
        spikearm record runs/gen3 --to rosbag2 --controller loihi --out reach_bag

    Attributes:
        run: Folder that "spikearm run" or "spikearm bench" wrote.
        to: Format.
        controller: Controller whose motions are written, as tables show it. Default: the last one.
        seed: Seed of the motions. Default: the first one.
        out: File, or folder of a bag. Default: the name of the run, in the present folder.
        overwrite: Replace a file if it exists; the folder of a bag has to be new.
    """

    NEEDS: ClassVar = (
        Need(("overwrite",), lambda one: one.to != "rosbag2", "without --to rosbag2"),
    )

    run: Annotated[Path, tyro.conf.Positional]
    to: Format = "rrd"
    controller: Unset[str] = None
    seed: Unset[int] = None
    out: Unset[Path] = None
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.seed is not None:
            check_seed(self.seed)

    def execute(self) -> None:
        """Read the run and write the file."""
        replay = choose_replay(read_run(self.run), self.controller, self.seed)
        suffix = "" if self.to == "rosbag2" else f".{self.to}"
        path = self.out or Path(f"{self.run.resolve().name}-{self.to}{suffix}")
        if self.to == "rosbag2":
            check_new_folder(path)
        elif not (self.overwrite and path.is_file()):
            check_new_file(path, suffix)
        with console.status("Writing"):
            self._write(replay, path)
        console.print(f"Recorded: {path}", markup=False, soft_wrap=True)

    def _write(self, replay: Replay, path: Path) -> None:
        if self.to == "rrd":
            plant = build_nested(ArmConfig, replay.run.config["options"]["plant"])
            write_rrd(replay, plant.load(), path)
        else:
            {"mcap": write_mcap, "rosbag2": write_rosbag2}[self.to](replay, path)
