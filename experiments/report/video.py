"""A film of recorded motions."""

from collections.abc import Callable, Sequence
from pathlib import Path

import imageio.v2 as imageio
import numpy as np

from spikearm.arm_models import Arm, Pose
from spikearm.arm_models.rendering.camera import Camera, Trail
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.report.film_caption import Caption

FRAME_RATE = 30  # frames per second of simulated time
WIDTH, HEIGHT = 640, 480  # pixels
POINT_TIME = 0.03  # s between two points of a drawn path
HAND_COLOR = (0.10, 0.32, 0.75, 1.0)
IDEAL_COLOR = (0.95, 0.50, 0.10, 0.8)


def write_video(
    arm: Arm, reaches: Sequence[RecordedReach], path: Path, tick: Callable[[], None] = lambda: None
) -> None:
    """Replay motions and film them in H.264, with the paths of hand and reference so far.

    A caption names the controller, the time and the error; an inset shows the paths again, with
    what they deviate from straight lines enlarged.

    Filming a record rather than the running loop leaves the loop's timing alone.

    Args:
        arm: The arm that made the motions; it is left where the last one ended.
        reaches: Reaches to film, in order.
        path: The .mp4 file; it appears whole or not at all, but Ctrl-C keeps what is filmed.
        tick: Called after every motion, for a progress bar.

    Raises:
        SpikearmError: The file cannot be written, or this machine cannot render.
    """
    with (
        atomic_file(path, keep_on_interrupt=True) as draft,
        Camera(arm, WIDTH, HEIGHT) as camera,
        imageio.get_writer(draft, fps=FRAME_RATE, codec="libx264", pixelformat="yuv420p") as film,
    ):
        trails: list[Trail] = []
        caption = Caption(reaches, camera.axes)
        for number, reach in enumerate(reaches):
            for step in _frame_steps(reach.trajectory):
                pose_arm(arm, reach.trajectory, step)
                picture = camera.render(trails + paths(reach.trajectory, step))
                film.append_data(caption.added_to(picture, number, step))
            trails += paths(reach.trajectory, len(reach.trajectory.time))
            tick()


def pose_arm(arm: Arm, trajectory: Trajectory, step: int) -> None:
    """Move an arm and its markers to their poses after a step."""
    arm.reset(trajectory.q[step], trajectory.dq[step])
    arm.place_marker("target", _reference(trajectory, -1))
    arm.place_marker("reference", _reference(trajectory, step))


def paths(trajectory: Trajectory, n_steps: int) -> list[Trail]:
    """Draw the first part of the ideal path and of the hand's."""
    every = max(1, round(POINT_TIME / _timestep(trajectory)))
    points = np.arange(0, n_steps, every)
    return [
        Trail(trajectory.reference_position[points], IDEAL_COLOR),
        Trail(trajectory.hand_position[points], HAND_COLOR),
    ]


def _reference(trajectory: Trajectory, step: int) -> Pose:
    return Pose(trajectory.reference_position[step], trajectory.reference_quaternion[step])


def _frame_steps(trajectory: Trajectory) -> np.ndarray:
    """Find the step nearest to the time of each frame, shape (n_frames,)."""
    steps_per_frame = 1 / (FRAME_RATE * _timestep(trajectory))
    n_frames = max(1, round(len(trajectory.time) / steps_per_frame))
    return np.rint(np.arange(n_frames) * steps_per_frame).astype(int)


def _timestep(trajectory: Trajectory) -> float:
    return trajectory.time[1] - trajectory.time[0]
