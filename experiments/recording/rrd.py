"""Motions as a Rerun recording: the arm, paths of hand and reference, torques and spikes."""

from pathlib import Path

import numpy as np

from spikearm.arm_models import Arm
from spikearm.experiments.recording.replay import NANOSECONDS, Replay
from spikearm.experiments.recording.rerun_scene import CURVES, PATHS, RerunScene, frame_steps
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.records import spike_trains_of


def write_rrd(replay: Replay, arm: Arm, path: Path) -> None:
    """Write a recording for Rerun's viewer.

    Args:
        replay: Motions.
        arm: Arm that made them; it is left where the last one ended.
        path: New file.

    Raises:
        SpikearmError: Rerun is not installed, the disk fails, or the file of spikes is damaged.
    """
    scene = RerunScene(f"spikearm, {replay.run.config['arm']}")
    with atomic_file(path) as draft:
        scene.recording.save(draft)
        seconds = replay.time_ns / NANOSECONDS
        for name in PATHS:
            paths = [getattr(one, f"{name}_position") for one in replay.trajectories]
            scene.show_paths(name, paths)
        _show_arm(scene, replay, arm, seconds)
        scene.name_curves(replay.joints)
        for name in CURVES:
            scene.add_curves(name, seconds, replay.column(name))
        _show_spikes(scene, replay, seconds)
        scene.close()


def _show_arm(scene: RerunScene, replay: Replay, arm: Arm, seconds: np.ndarray) -> None:
    """Show the arm some times a second."""
    q, reference = replay.column("q"), replay.column("reference_position")
    for step in range(0, len(q), frame_steps(replay.trajectories[0].period)):
        arm.reset(q[step])
        scene.show_arm(float(seconds[step]), arm, reference[step])


def _show_spikes(scene: RerunScene, replay: Replay, seconds: np.ndarray) -> None:
    """Show a raster of each motion's spikes."""
    begins = np.cumsum([0, *(len(one.time) for one in replay.trajectories)])
    for reach, begin in zip(replay.reaches, begins[:-1], strict=True):
        trains = spike_trains_of(replay.run, reach)
        if trains is not None:
            scene.show_spikes(float(seconds[begin]), trains, reach.trajectory.time)
