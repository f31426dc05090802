"""Records of motions: what other tools read in them is what the run holds."""

import json
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.arm_models.skeleton import skeleton
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.recording.replay import choose_replay
from spikearm.experiments.records.records import Run, read_run

REACH = [
    "--targets", "2", "--radius", "0.01", "--duration", "0.1", "--hold", "0.02", "--jobs", "1",
    "--no-speed-limits", "--no-report",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    """Run one law."""
    folder = tmp_path_factory.mktemp("recorded") / "pd"
    assert main(["run", "--controller", "pd", *REACH, "--out", str(folder)]) == 0
    return read_run(folder)


def record(run: Run, kind: str, out: Path) -> None:
    assert main(["record", str(run.folder), "--to", kind, "--out", str(out)]) == 0


def test_motions_follow_one_another_on_one_clock(run):
    replay = choose_replay(run)
    assert {reach.label for reach in replay.reaches} == {"pd"} and len(replay.reaches) == 4
    np.testing.assert_array_equal(replay.time_ns, 1_000_000 * np.arange(1, 481))
    back = [reach for reach in run.reaches if (reach.label, reach.direction) == ("pd", "back")]
    np.testing.assert_array_equal(replay.column("q")[120:240], back[0].trajectory.q)


def test_a_bag_is_read_back_with_equal_joint_states_and_poses(run, tmp_path):
    pytest.importorskip("rosbags")
    from rosbags.rosbag2 import Reader
    from rosbags.typesys import Stores, get_typestore

    record(run, "rosbag2", tmp_path / "bag")
    assert {path.name for path in (tmp_path / "bag").iterdir()} == {"bag.db3", "metadata.yaml"}
    types, replay = get_typestore(Stores.ROS2_HUMBLE), choose_replay(run)
    read: dict[str, list] = {"/joint_states": [], "/hand": [], "/reference": []}
    times: list[int] = []
    with Reader(tmp_path / "bag") as reader:
        for connection, time, raw in reader.messages():
            message = types.deserialize_cdr(raw, connection.msgtype)
            read[connection.topic].append(message)
            stamp = message.header.stamp
            assert 1_000_000_000 * stamp.sec + stamp.nanosec == time
            times += [time] if connection.topic == "/joint_states" else []
    np.testing.assert_array_equal(times, replay.time_ns)
    states = read["/joint_states"]
    assert states[0].name == run.config["joints"]
    for field, column in (("position", "q"), ("velocity", "dq"), ("effort", "torque")):
        found = np.array([getattr(state, field) for state in states])
        np.testing.assert_array_equal(found, replay.column(column))
    for name in ("hand", "reference"):
        poses = [one.pose for one in read[f"/{name}"]]
        places = [(p.position.x, p.position.y, p.position.z) for p in poses]
        turns = [
            (p.orientation.w, p.orientation.x, p.orientation.y, p.orientation.z) for p in poses
        ]
        np.testing.assert_array_equal(places, replay.column(f"{name}_position"))
        np.testing.assert_array_equal(turns, replay.column(f"{name}_quaternion"))


def test_an_mcap_file_is_read_back_with_equal_numbers(run, tmp_path):
    pytest.importorskip("mcap")
    from mcap.reader import make_reader

    record(run, "mcap", tmp_path / "reach.mcap")
    replay, rows = choose_replay(run), {"q": [], "torque": [], "reference_position": []}
    with (tmp_path / "reach.mcap").open("rb") as file:
        for _, channel, message in make_reader(file, validate_crcs=True).iter_messages():
            content = json.loads(message.data)
            if channel.topic == "/joint_states":
                assert content["name"] == run.config["joints"]
                rows["q"].append(content["position"])
                rows["torque"].append(content["effort"])
            elif channel.topic == "/reference":
                rows["reference_position"].append(content["position"])
    for name, values in rows.items():
        np.testing.assert_array_equal(values, replay.column(name))


def test_rerun_verifies_a_recording_with_arm_paths_torques_and_spikes(tmp_path):
    pytest.importorskip("rerun")
    folder = tmp_path / "spiking"
    options = ["--controller", "loihi", "--spikes", *REACH]
    assert main(["run", *options, "--out", str(folder)]) == 0
    path = tmp_path / "reach.rrd"
    record(read_run(folder), "rrd", path)
    program = shutil.which("rerun", path=sysconfig.get_path("scripts"))
    assert program is not None
    told = subprocess.run(
        [program, "rrd", "verify", str(path)], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0 and "1 file verified without error" in told.stdout + told.stderr
    listed = subprocess.run(
        [program, "rrd", "print", str(path)], capture_output=True, text=True, check=True
    )
    for name in ("/scene/arm", "/scene/hand_paths", "/scene/reference_paths", "/torque", "/spikes"):
        assert name in listed.stdout


def test_a_skeleton_goes_from_the_base_through_the_joints_to_the_hand():
    arm = load_arm("gen3")
    bent = arm.chain.home + 0.1
    arm.reset(bent)
    points = skeleton(arm)
    assert points.shape == (arm.chain.n_joints + 2, 3)
    np.testing.assert_array_equal(points[-1], arm.state.hand.position)
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    arm.reset(arm.chain.home)
    moved = skeleton(arm)
    np.testing.assert_allclose(np.linalg.norm(np.diff(moved, axis=0), axis=1), lengths, atol=1e-12)
    assert np.abs(moved - points).max() > 0.01 and 0.5 < lengths.sum() < 1.5


@pytest.mark.parametrize(("controller", "seed"), [("loihi", None), ("pd", 7), (None, 3)])
def test_motions_that_are_not_there_are_refused(run, controller, seed):
    with pytest.raises(SpikearmError, match=r"no motions of .*Controllers: analytic, pd\. Seeds: "):
        choose_replay(run, controller, seed)
    with pytest.raises(SpikearmError, match="Controllers: none"):
        choose_replay(replace(run, reaches=[]))


@pytest.mark.parametrize(
    ("kind", "package"), [("rrd", "rerun"), ("mcap", "mcap.writer"), ("rosbag2", "rosbags.rosbag2")]
)
def test_without_its_package_a_format_tells_how_to_get_it(
    run, kind, package, tmp_path, monkeypatch, capfd
):
    out = tmp_path / ("bag" if kind == "rosbag2" else f"reach.{kind}")
    monkeypatch.setitem(sys.modules, package, None)
    assert main(["record", str(run.folder), "--to", kind, "--out", str(out)]) == BAD_INPUT
    assert "pip install 'spikearm[record]'" in capfd.readouterr().err
    assert not out.exists()


def test_a_file_is_replaced_only_if_that_is_asked_for(run, tmp_path, capfd):
    pytest.importorskip("mcap")
    out = tmp_path / "reach.mcap"
    out.write_text("mine")
    arguments = ["record", str(run.folder), "--to", "mcap", "--out", str(out)]
    assert main(arguments) == BAD_INPUT
    assert out.read_text() == "mine" and "exists" in capfd.readouterr().err
    assert main([*arguments, "--overwrite"]) == 0
    assert out.read_bytes().startswith(b"\x89MCAP")
