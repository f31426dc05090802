"""The configuration of a run, as it is written beside the results."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spikearm.arm_models import Arm, SpikearmError
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.tasks.centre_out import forward_axis


def resolved_config(command: Any, name: str, arm: Arm, folder: Path) -> dict[str, Any]:
    """Collect the configuration of a run, as it is written beside the results.

    Raises:
        SpikearmError: An option is no finite number.
    """
    return {
        "command": name,
        "name": folder.name,
        "arm": arm.name,
        "joints": list(arm.chain.joints),
        "torque_limits": arm.chain.torque_limits.tolist(),
        "velocity_limits": arm.chain.velocity_limits.tolist(),
        "estimated_velocities": list(arm.chain.estimated_velocities),
        "gravity": arm.model.gravity.tolist(),
        "forward_axis": forward_axis(arm.model).tolist(),
        "options": plain_options(command),
        **provenance(),
    }


def plain_options(command: Any) -> dict[str, Any]:
    """Return the options of a command as JSON has them.

    Raises:
        SpikearmError: An option is no finite number.
    """
    return _plain(asdict(command))


def _plain(value: Any, name: str = "") -> Any:
    """Return an option's value as JSON has it.

    Raises:
        SpikearmError: It is a number that JSON has not.
    """
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise SpikearmError(f"{name} is {value}: give a finite number.")
    return str(value) if isinstance(value, Path) else value
