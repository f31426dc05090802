"""Films: read back frame by frame and compared with what was recorded."""

import subprocess
from pathlib import Path
from typing import Any

import imageio.v2 as imageio
import imageio_ffmpeg
import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import Arm, Pose, SpikearmError, load_arm
from spikearm.arm_models.rendering.camera import Camera
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.report.video import HAND_COLOR, IDEAL_COLOR, paths, pose_arm, write_video

LENGTHS = (0.20, 0.15)  # s
STEPS = ([0, 33, 67, 100, 133, 167], [0, 33, 67, 100])  # of 1 ms, the nearest to n / 30 s
FRAMES = tuple(map(len, STEPS))
BARE = slice(170, 430)  # rows of a frame without inset and caption


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def reaches(arm) -> list[RecordedReach]:
    """A quick reach of 0.2 m and a quick way back."""
    home = arm.reset().hand
    goal = Pose(home.position + 0.2 * np.array([0.0, 0.6, 0.8]), home.quaternion)
    controller = OperationalSpaceController(arm.model)
    recorded = []
    for name, start, end, length in (("out", home, goal, LENGTHS[0]),
                                     ("back", goal, home, LENGTHS[1])):  # fmt: skip
        way = MinimumJerk(start, end, length)
        motion = follow(arm, controller, way, length, safety=at_any_speed(arm))
        recorded.append(RecordedReach("analytic", False, 3, 0, name, motion))
    return recorded


def read_frames(path: Path) -> np.ndarray:
    """Decode a film, shape (n_frames, height, width, 3)."""
    # imageio's reader leaves its pipes open at the end of a film.
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-f", "rawvideo",
               "-pix_fmt", "rgb24", "-"]  # fmt: skip
    decoded = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(decoded, dtype=np.uint8).reshape(-1, 480, 640, 3)


def read_facts(path: Path) -> dict[str, Any]:
    with imageio.get_reader(path) as film:
        return film.get_meta_data()


@pytest.fixture(scope="module")
def film(arm, reaches, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("film") / "reach.mp4"
    write_video(arm, reaches, path)
    return path


@pytest.fixture(scope="module")
def frames(film) -> np.ndarray:
    return read_frames(film)


def test_a_film_has_a_frame_for_every_thirtieth_of_a_second(film, frames, reaches):
    facts = read_facts(film)
    assert [len(reach.trajectory.time) for reach in reaches] == [200, 150]
    assert frames.shape == (sum(FRAMES), 480, 640, 3)
    assert facts["fps"] == pytest.approx(30.0)
    assert facts["size"] == (640, 480)
    # It lasts as long as the motions, each rounded to whole frames.
    assert facts["duration"] == pytest.approx(sum(LENGTHS), abs=2 * 0.5 / 30)


def test_a_film_plays_in_any_browser(film):
    facts = read_facts(film)
    assert facts["codec"] == "h264"
    assert facts["pix_fmt"].startswith("yuv420p")


def test_each_frame_shows_the_arm_where_it_was(arm, reaches, frames):
    pictures = []
    with Camera(arm, 640, 480) as camera:
        for reach, steps in zip(reaches, STEPS, strict=True):
            for step in steps:
                pose_arm(arm, reach.trajectory, step)
                pictures.append(camera.render(paths(reach.trajectory, step)))
    taken, filmed = np.array(pictures, dtype=float)[:, BARE], frames[:, BARE].astype(float)
    gap = np.array([[np.abs(picture - frame).mean() for picture in taken] for frame in filmed])
    assert gap.shape == (sum(FRAMES), sum(FRAMES))
    out = slice(0, FRAMES[0])
    # The arm stands almost still at the ends of a motion: a neighbour may look the same there.
    nearest = gap[out, out].argmin(axis=1)
    assert (np.abs(nearest - np.arange(FRAMES[0])) <= 1).all()
    assert nearest[2] == 2
    assert nearest[4] == 4
    assert np.diag(gap).max() < 3.0  # of 255: what the codec loses
    assert gap[1, 5] > 2 * gap[1, 1]


def test_frames_differ_as_the_arm_moves(frames):
    moved = (np.abs(frames[5].astype(int) - frames[1].astype(int)).max(axis=2) > 40).mean()
    assert moved > 0.005
    assert moved < 0.5  # the background stays


def test_motions_that_are_over_stay_drawn(arm, reaches, tmp_path):
    write_video(arm, reaches[1:], tmp_path / "back.mp4")
    alone = read_frames(tmp_path / "back.mp4")
    write_video(arm, reaches, tmp_path / "both.mp4")
    both = read_frames(tmp_path / "both.mp4")
    # The first frame of the way back: no path of its own yet, but that of the way out.
    gap = np.abs(both[FRAMES[0]].astype(int) - alone[0].astype(int)).max(axis=2) > 60
    assert 100 < gap.sum() < 0.05 * gap.size


def test_paths_are_those_of_hand_and_reference_so_far(reaches):
    motion = reaches[0].trajectory
    ideal, hand = paths(motion, 100)
    points = [0, 30, 60, 90]  # every 0.03 s
    np.testing.assert_array_equal(ideal.points, motion.reference_position[points])
    np.testing.assert_array_equal(hand.points, motion.hand_position[points])
    assert (ideal.color, hand.color) == (IDEAL_COLOR, HAND_COLOR)
    assert np.abs(ideal.points - hand.points).max() > 1e-6


def test_the_arm_and_its_markers_are_put_where_they_were(arm, reaches):
    motion = reaches[0].trajectory
    pose_arm(arm, motion, 120)
    np.testing.assert_array_equal(arm.state.q, motion.q[120])
    np.testing.assert_array_equal(arm.state.dq, motion.dq[120])
    np.testing.assert_allclose(arm.state.hand.position, motion.hand_position[120], atol=1e-9)
    model, data = arm.scene
    for marker, step in (("target", -1), ("reference", 120)):
        place = data.mocap_pos[model.body(f"spikearm_{marker}").mocapid[0]]
        np.testing.assert_array_equal(place, motion.reference_position[step])
    assert np.linalg.norm(motion.reference_position[-1] - motion.reference_position[120]) > 0.01


def test_the_progress_moves_once_for_each_motion(arm, reaches, tmp_path):
    path = tmp_path / "film.mp4"
    seen = []
    write_video(arm, reaches, path, lambda: seen.append(path.exists()))
    assert seen == [False, False]  # and nothing is there before the film is whole
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


def test_a_film_that_fails_half_way_leaves_nothing(arm, reaches, tmp_path):
    def fail() -> None:
        raise SpikearmError("The lamp went out.")

    with pytest.raises(SpikearmError, match="lamp"):
        write_video(arm, reaches, tmp_path / "film.mp4", fail)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_keeps_the_motions_that_are_filmed(arm, reaches, tmp_path):
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(arm, reaches, tmp_path / "film.mp4", interrupt)
    frames = read_frames(tmp_path / "film.mp4")
    assert len(frames) == FRAMES[0]
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


def test_a_film_in_a_folder_that_cannot_be_written_is_explained(arm, reaches, tmp_path):
    (tmp_path / "file").write_text("Mine.")
    with pytest.raises(SpikearmError, match=r"Cannot write .*film\.mp4"):
        write_video(arm, reaches, tmp_path / "file" / "film.mp4")
    assert (tmp_path / "file").read_text() == "Mine."
