"""A gantry: three slides that carry a wrist of three axes through one point, the hand.

Slides move the hand alone and the wrist turns it alone, so the best home pose is known: slides in
the middle of their range, and the wrist's middle axis at a right angle between the outer two.
"""

from pathlib import Path

SLIDES = (("x", "1 0 0", "0.3 1.1"), ("y", "0 1 0", "-0.1 0.5"), ("z", "0 0 1", "0.2 0.8"))
WRIST = (("roll", "1 0 0", 3.1), ("pitch", "0 1 0", 3.1), ("turn", "1 0 0", 3.1))
MIDDLE = {"y": 0.2, "z": 0.5}
BODY = """<body name="{name}"><joint name="{name}" type="{type}" axis="{axis}" range="{range}"
  armature="0.05"/><geom size="0.02" mass="0.5" contype="0" conaffinity="0"/>"""


def write_gantry(folder: Path, torque: float = 100.0) -> Path:
    """Write the file; its actuators give a force or torque of this size [N, N m]."""
    joints = [(name, "slide", axis, limits) for name, axis, limits in SLIDES]
    joints += [(name, "hinge", axis, f"-{limit} {limit}") for name, axis, limit in WRIST]
    bodies = "".join(
        BODY.format(name=name, type=kind, axis=axis, range=limits)
        for name, kind, axis, limits in joints
    )
    motors = "".join(
        f'<motor joint="{name}" ctrlrange="-{torque} {torque}"/>' for name, *_ in joints
    )
    path = folder / "gantry.xml"
    path.write_text(
        f'<mujoco><compiler angle="radian" autolimits="true"/><worldbody>{bodies}'
        f'<site name="hand"/>{"</body>" * len(joints)}</worldbody>'
        f"<actuator>{motors}</actuator></mujoco>"
    )
    return path
