"""Motions as a Rerun recording: the arm, paths of hand and reference, torques and spikes."""

from pathlib import Path
from typing import Any

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.skeleton import skeleton
from spikearm.experiments.recording.extra import extra_needed
from spikearm.experiments.recording.replay import NANOSECONDS, Replay
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.records import spike_trains_of

FRAME_RATE = 50  # poses of the arm per second of simulated time
PATHS = {"hand": (26, 82, 191), "reference": (242, 128, 26)}
TIMELINE = "time"


def write_rrd(replay: Replay, arm: Arm, path: Path) -> None:
    """Write a recording for Rerun's viewer.

    Args:
        replay: Motions.
        arm: Arm that made them; it is left where the last one ended.
        path: New file.

    Raises:
        SpikearmError: Rerun is not installed, the disk fails, or the file of spikes is damaged.
    """
    with extra_needed("rerun-sdk"):
        import rerun
    with atomic_file(path) as draft:
        recording = rerun.RecordingStream(f"spikearm, {replay.run.config['arm']}")
        recording.save(draft)
        seconds = replay.time_ns / NANOSECONDS
        _log_paths(rerun, recording, replay)
        _log_arm(rerun, recording, replay, arm, seconds)
        for name in ("q", "dq", "torque"):
            _log_lines(rerun, recording, name, seconds, replay)
        _log_spikes(rerun, recording, replay)
        recording.flush()
        recording.disconnect()


def _log_paths(rerun: Any, recording: Any, replay: Replay) -> None:
    for name, color in PATHS.items():
        lines = [getattr(one, f"{name}_position") for one in replay.trajectories]
        strips = rerun.LineStrips3D(lines, colors=[color])
        recording.log(f"scene/{name}_paths", strips, static=True)


def _log_arm(rerun: Any, recording: Any, replay: Replay, arm: Arm, seconds: np.ndarray) -> None:
    """Log the arm as a line through its joints, some times a second."""
    q, hand = replay.column("q"), replay.column("reference_position")
    every = max(1, round(1 / (FRAME_RATE * replay.trajectories[0].period)))
    for step in range(0, len(q), every):
        arm.reset(q[step])
        recording.set_time(TIMELINE, duration=float(seconds[step]))
        recording.log("scene/arm", rerun.LineStrips3D([skeleton(arm)], radii=[0.015]))
        point = rerun.Points3D([hand[step]], colors=[PATHS["reference"]], radii=[0.01])
        recording.log("scene/reference", point)


def _log_lines(rerun: Any, recording: Any, name: str, seconds: np.ndarray, replay: Replay) -> None:
    """Log a curve per joint."""
    recording.log(name, rerun.SeriesLines(names=replay.joints), static=True)
    recording.send_columns(
        name,
        indexes=[rerun.TimeColumn(TIMELINE, duration=seconds)],
        columns=rerun.Scalars.columns(scalars=replay.column(name)),
    )


def _log_spikes(rerun: Any, recording: Any, replay: Replay) -> None:
    """Log a raster of each motion's spikes, time [ms] to the right and neurons downwards."""
    begins = np.cumsum([0, *(len(one.time) for one in replay.trajectories)])
    seconds = replay.time_ns / NANOSECONDS
    for reach, begin in zip(replay.reaches, begins[:-1], strict=True):
        trains = spike_trains_of(replay.run, reach)
        if trains is not None:
            recording.set_time(TIMELINE, duration=float(seconds[begin]))
            milliseconds = 1e3 * reach.trajectory.time[trains.step]
            points = np.column_stack([milliseconds, trains.neuron])
            recording.log("spikes", rerun.Points2D(points, radii=[0.5]))
