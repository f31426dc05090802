"""Entities of a Rerun recording: the arm, paths, a curve per joint, and spikes."""

import shutil
import sysconfig
from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.skeleton import skeleton
from spikearm.experiments.recording.extra import extra_needed
from spikearm.neural.spikes import SpikeTrains

FRAME_RATE = 50  # poses of the arm per second of simulated time
PATHS = {"hand": (26, 82, 191), "reference": (242, 128, 26)}
CURVES = ("q", "dq", "torque")
TIMELINE = "time"


class RerunScene:
    """Recording of an arm for Rerun's viewer.

    Args:
        name: Name of the recording.

    Attributes:
        recording: Stream of Rerun, which has yet to be saved, or sent to a viewer.

    Raises:
        SpikearmError: Rerun is not installed.
    """

    def __init__(self, name: str) -> None:
        with extra_needed("rerun-sdk"):
            import rerun
        self._rerun = rerun
        self.recording = rerun.RecordingStream(name)

    def name_curves(self, joints: Sequence[str]) -> None:
        """Name the curves after the joints."""
        for name in CURVES:
            self.recording.log(name, self._rerun.SeriesLines(names=list(joints)), static=True)

    def add_curves(self, name: str, seconds: np.ndarray, values: np.ndarray) -> None:
        """Add a piece of the curves of all joints.

        Args:
            name: Name, one of :data:`CURVES`.
            seconds: Times, shape (n_steps,) [s].
            values: Values, shape (n_steps, n_joints).
        """
        self.recording.send_columns(
            name,
            indexes=[self._rerun.TimeColumn(TIMELINE, duration=seconds)],
            columns=self._rerun.Scalars.columns(scalars=values),
        )

    def show_arm(self, seconds: float, arm: Arm, reference: np.ndarray) -> None:
        """Show the arm, as a line through its joints, and the position of its reference.

        Args:
            seconds: Time [s].
            arm: The arm as it is.
            reference: Position, shape (3,) [m].
        """
        self._set_time(seconds)
        self.recording.log("scene/arm", self._rerun.LineStrips3D([skeleton(arm)], radii=[0.015]))
        point = self._rerun.Points3D([reference], colors=[PATHS["reference"]], radii=[0.01])
        self.recording.log("scene/reference", point)

    def show_paths(self, name: str, paths: Sequence[np.ndarray]) -> None:
        """Show the paths of hand or reference, at all times.

        Args:
            name: Name, one of :data:`PATHS`.
            paths: Positions of each motion, shape (n_points, 3) [m].
        """
        self._log_paths(f"scene/{name}_paths", name, paths, static=True)

    def grow_path(self, name: str, number: int, path: np.ndarray, seconds: float) -> None:
        """Show one of the paths as it is so far.

        Args:
            name: Name, one of :data:`PATHS`.
            number: Number of the path.
            path: Positions, shape (n_points, 3) [m].
            seconds: Time [s].
        """
        self._set_time(seconds)
        self._log_paths(f"scene/{name}_paths/{number}", name, [path], static=False)

    def show_spikes(self, seconds: float, trains: SpikeTrains, time: np.ndarray) -> None:
        """Show a raster of a motion's spikes, time [ms] to the right and neurons downwards.

        Args:
            seconds: Time of the motion's beginning [s].
            trains: The spikes.
            time: Time of each step of the motion, shape (n_steps,) [s].
        """
        self._set_time(seconds)
        points = np.column_stack([1e3 * time[trains.step], trains.neuron])
        self.recording.log("spikes", self._rerun.Points2D(points, radii=[0.5]))

    def open_viewer(self, port: int) -> None:
        """Start Rerun's viewer, and send it the recording."""
        program = shutil.which("rerun", path=sysconfig.get_path("scripts"))  # else of the PATH
        self._rerun.spawn(port=port, executable_path=program, recording=self.recording)

    def close(self) -> None:
        """Send what is left, and end the recording."""
        self.recording.flush()
        self.recording.disconnect()

    def _log_paths(self, entity: str, name: str, paths: Sequence[np.ndarray], static: bool) -> None:
        strips = self._rerun.LineStrips3D(paths, colors=[PATHS[name]])
        self.recording.log(entity, strips, static=static)

    def _set_time(self, seconds: float) -> None:
        self.recording.set_time(TIMELINE, duration=seconds)


def frame_steps(period: float) -> int:
    """Return the number of steps between two poses of the arm.

    Args:
        period: Control period [s].
    """
    return max(1, round(1 / (FRAME_RATE * period)))
