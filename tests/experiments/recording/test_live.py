"""A live recording: what the viewer is shown is what the run then holds."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.arm_models import load_arm
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.recording import live
from spikearm.experiments.recording.replay import NANOSECONDS, choose_replay
from spikearm.experiments.recording.rerun_scene import CURVES, PATHS
from spikearm.experiments.records.records import read_run
from spikearm.experiments.tasks.episode import Reach
from spikearm.neural.spikes import Population, SpikeTrains

RUN = [
    "run", "--controller", "pd", "--targets", "2", "--radius", "0.01", "--duration", "0.1",
    "--hold", "0.02", "--no-speed-limits", "--no-report", "--rerun", "--out", "run",
]  # fmt: skip


class NotedScene:
    """Scene that notes what it is shown."""

    def __init__(self, name: str) -> None:
        self.name, self.joints, self.closed = name, [], False
        self.curves: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {one: [] for one in CURVES}
        self.paths: dict[tuple[str, int], np.ndarray] = {}
        self.arms: list[tuple[float, np.ndarray]] = []
        self.spikes: list[tuple[float, SpikeTrains]] = []

    def name_curves(self, joints):
        self.joints = list(joints)

    def add_curves(self, name, seconds, values):
        self.curves[name].append((seconds, values))

    def show_arm(self, seconds, arm, reference):
        self.arms.append((seconds, arm.state.q.copy()))

    def grow_path(self, name, number, path, seconds):
        self.paths[name, number] = path

    def show_spikes(self, seconds, trains, time):
        self.spikes.append((seconds, trains))

    def close(self):
        self.closed = True


@pytest.fixture
def scenes(monkeypatch, tmp_path) -> list[NotedScene]:
    """Note what is shown, in place of a viewer; work in an empty folder."""
    made: list[NotedScene] = []

    def make(name: str) -> NotedScene:
        made.append(NotedScene(name))
        return made[-1]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(live, "RerunScene", make)
    monkeypatch.setattr(live, "send_to_viewer", lambda scene: None)
    return made


def test_every_step_of_the_shown_controller_comes_once_and_in_time(scenes):
    assert main(RUN) == 0
    (scene,) = scenes
    replay = choose_replay(read_run(Path("run")), "pd")
    assert len(replay.reaches) == 4 and scene.closed
    assert scene.joints == replay.joints
    for name, pieces in scene.curves.items():
        seconds, values = (np.concatenate(column) for column in zip(*pieces, strict=True))
        np.testing.assert_allclose(seconds, replay.time_ns / NANOSECONDS, rtol=0, atol=1e-9)
        np.testing.assert_array_equal(values, replay.column(name))
    every = 20  # steps of 1 ms, 50 pictures a second
    shown = np.array([q for _, q in scene.arms])
    np.testing.assert_array_equal(shown, replay.column("q")[every - 1 :: every])
    # A path for each episode, out and back.
    assert set(scene.paths) == {(name, number) for name in PATHS for number in (1, 2)}
    hand = replay.column("hand_position")[every - 1 :: every]
    np.testing.assert_array_equal(
        np.concatenate([scene.paths["hand", 1], scene.paths["hand", 2]]), hand
    )


def test_spikes_are_shown_where_their_motion_began():
    scene, arm = NotedScene("any"), load_arm("gen3")
    recording = live.LiveRecording(scene, arm)  # type: ignore[arg-type]
    recording._n_steps = 250
    trains = SpikeTrains((Population("code", 3),), np.array([0, 1]), np.array([2, 0]))
    motions = [
        Reach("out", blank_trajectory(100, 7), 0.0, 0.0, trains),
        Reach("back", blank_trajectory(50, 7), 0.0, 0.0, trains),
    ]
    recording.add_spikes(motions)
    assert [seconds for seconds, _ in scene.spikes] == pytest.approx([0.101, 0.201])
    recording.add_spikes([Reach("out", blank_trajectory(10, 7), 0.0, 0.0, None)])
    assert len(scene.spikes) == 2


def test_rerun_verifies_what_a_viewer_would_be_sent(monkeypatch, tmp_path):
    pytest.importorskip("rerun")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(live, "send_to_viewer", lambda scene: scene.recording.save("live.rrd"))
    assert main(RUN) == 0
    program = shutil.which("rerun", path=sysconfig.get_path("scripts"))
    assert program is not None
    for action, words in (("verify", ["1 file verified"]), ("print", ["/scene/arm", "/torque"])):
        told = subprocess.run(
            [program, "rrd", action, "live.rrd"], capture_output=True, text=True, check=True
        )
        assert all(word in told.stdout + told.stderr for word in words)


def test_without_a_viewer_and_a_display_the_way_to_one_is_told(monkeypatch, tmp_path, capfd):
    pytest.importorskip("rerun")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(live, "has_display", lambda: False)
    monkeypatch.setattr(live, "_listens", lambda: False)
    assert main(RUN) == BAD_INPUT
    assert "ssh -R 9876:localhost:9876" in capfd.readouterr().err


def test_without_its_package_the_way_to_get_it_is_told(monkeypatch, tmp_path, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "rerun", None)
    assert main(RUN) == BAD_INPUT
    assert "pip install 'spikearm[record]'" in capfd.readouterr().err
