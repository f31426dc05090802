"""Motions as a ROS 2 bag, written without ROS: joint states, and poses of hand and reference."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from spikearm.experiments.recording.extra import extra_needed
from spikearm.experiments.recording.replay import NANOSECONDS, Replay
from spikearm.experiments.records.records import atomic_folder

FRAME = "world"
VERSION = 9  # of the bag's metadata, since ROS 2 Iron
JOINT_STATE, POSE = "sensor_msgs/msg/JointState", "geometry_msgs/msg/PoseStamped"
POSES = ("hand", "reference")


def write_rosbag2(replay: Replay, path: Path) -> None:
    """Write a bag: a folder with ``metadata.yaml`` and an SQLite file.

    Topics are ``/joint_states`` (``sensor_msgs/JointState``, with torques as efforts), ``/hand``
    and ``/reference`` (``geometry_msgs/PoseStamped``).

    Args:
        replay: Motions.
        path: New folder.

    Raises:
        SpikearmError: rosbags is not installed, or the disk fails.
    """
    with extra_needed("rosbags"):
        from rosbags.rosbag2 import Writer
        from rosbags.typesys import Stores, get_typestore
    types = get_typestore(Stores.ROS2_HUMBLE)
    with atomic_folder(path) as draft:
        bag = draft / path.name  # which names the file in it
        with Writer(bag, version=VERSION) as writer:
            topics = {"joint_states": JOINT_STATE} | dict.fromkeys(POSES, POSE)
            connections = {
                topic: writer.add_connection(f"/{topic}", kind, typestore=types)
                for topic, kind in topics.items()
            }
            for topic, time, message in _messages(replay, types.types):
                data = types.serialize_cdr(message, topics[topic])
                writer.write(connections[topic], time, data)
        for file in list(bag.iterdir()):
            file.rename(draft / file.name)
        bag.rmdir()


def _messages(replay: Replay, types: Any) -> Iterator[tuple[str, int, Any]]:
    """Yield topic, time [ns] and message of every step."""
    joint_state, pose_stamped = types[JOINT_STATE], types[POSE]
    q, dq, torque = (replay.column(name) for name in ("q", "dq", "torque"))
    poses = {
        name: (replay.column(f"{name}_position"), replay.column(f"{name}_quaternion"))
        for name in POSES
    }
    for step, time in enumerate(replay.time_ns.tolist()):
        header = _header(time, types)
        yield (
            "joint_states", time,
            joint_state(header, list(replay.joints), q[step], dq[step], torque[step]),
        )  # fmt: skip
        for name, (position, quaternion) in poses.items():
            yield name, time, pose_stamped(header, _pose(position[step], quaternion[step], types))


def _header(time: int, types: Any) -> Any:
    stamp = types["builtin_interfaces/msg/Time"](*divmod(time, NANOSECONDS))
    return types["std_msgs/msg/Header"](stamp, FRAME)


def _pose(position: np.ndarray, quaternion: np.ndarray, types: Any) -> Any:
    """Return a pose, whose quaternion is scalar-last in ROS."""
    w, x, y, z = quaternion.tolist()
    point = types["geometry_msgs/msg/Point"](*position.tolist())
    turn = types["geometry_msgs/msg/Quaternion"](x, y, z, w)
    return types["geometry_msgs/msg/Pose"](point, turn)
