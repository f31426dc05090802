"""Properties of URDF files that MuJoCo passes over."""

from pathlib import Path
from xml.etree import ElementTree

import mujoco


def keep_velocity_limits(spec: mujoco.MjSpec, path: Path) -> None:
    """Add the speed limits of a URDF file's joints to its specification, as custom numbers.

    Args:
        spec: Specification that MuJoCo read from the file.
        path: Path of the file; one that is no URDF is left alone.
    """
    if path.suffix.lower() != ".urdf":
        return
    for joint in ElementTree.parse(path).iter("joint"):
        limit = joint.find("limit")
        speed = 0.0 if limit is None else float(limit.get("velocity", 0.0))
        if speed > 0:  # zero is what exporters write that know none
            spec.add_numeric(name=f"{joint.get('name')}_velocity_limit", data=[speed], size=1)
