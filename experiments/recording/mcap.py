"""Motions as an MCAP file of JSON messages, which Foxglove and others open."""

import json
from pathlib import Path
from typing import Any

from spikearm.experiments.recording.extra import extra_needed
from spikearm.experiments.recording.replay import Replay
from spikearm.experiments.records.atomic_file import atomic_file

FIELDS = {
    "joint_states": {"position": "q", "velocity": "dq", "effort": "torque"},
    "hand": {"position": "hand_position", "quaternion": "hand_quaternion"},
    "reference": {"position": "reference_position", "quaternion": "reference_quaternion"},
}
"""Fields of the trajectory in each message's fields, by topic."""
ARRAY = {"type": "array", "items": {"type": "number"}}


def write_mcap(replay: Replay, path: Path) -> None:
    """Write a file with the topics ``/joint_states``, ``/hand`` and ``/reference``.

    Args:
        replay: Motions.
        path: New file.

    Raises:
        SpikearmError: mcap is not installed, or the disk fails.
    """
    with extra_needed("mcap"):
        from mcap.writer import Writer
    columns = {
        topic: {field: replay.column(name) for field, name in fields.items()}
        for topic, fields in FIELDS.items()
    }
    with atomic_file(path) as draft, draft.open("wb") as file:
        writer = Writer(file)
        writer.start("", library="spikearm")
        channels = {topic: _channel(writer, topic) for topic in FIELDS}
        for step, time in enumerate(replay.time_ns.tolist()):
            for topic, values in columns.items():
                message: dict[str, Any] = {name: one[step].tolist() for name, one in values.items()}
                if topic == "joint_states":
                    message["name"] = replay.joints
                data = json.dumps(message).encode()
                writer.add_message(channels[topic], time, data, time, sequence=step)
        writer.finish()


def _channel(writer: Any, topic: str) -> int:
    properties: dict[str, Any] = dict.fromkeys(FIELDS[topic], ARRAY)
    if topic == "joint_states":
        properties["name"] = {"type": "array", "items": {"type": "string"}}
    schema = json.dumps({"type": "object", "properties": properties}).encode()
    number = writer.register_schema(f"spikearm.{topic}", "jsonschema", schema)
    return writer.register_channel(f"/{topic}", "json", number)
