"""A six-joint arm as a text, with places for whatever else a file may hold."""

from dataclasses import dataclass
from pathlib import Path

HOME = (0.0, -0.6, 1.6, 0.57, 1.2, 0.0)
LIMITS = (150, 150, 100, 30, 30, 20)  # N m
LINKS = (  # offset, joint axis, direction of the link, mass
    ("0 0 0.2", "0 0 1", "0 0 0.1", 4),
    ("0 0.1 0.1", "0 1 0", "0 0 0.4", 6),
    ("0 -0.05 0.4", "0 1 0", "0 0 0.35", 3),
    ("0 0 0.35", "0 1 0", "0 0.09 0", 1.2),
    ("0 0.1 0", "0 0 1", "0 0 0.08", 1.2),
    ("0 0 0.09", "0 1 0", "0 0.04 0", 0.4),
)
OPEN = """<body name="{p}link{n}" pos="{offset}">
  <joint name="{p}joint{n}" axis="{axis}" range="-3.1 3.1" damping="{damping}"
    armature="0.05" {joint}/>
  <geom name="{p}shape{n}" type="capsule" fromto="0 0 0 {direction}" size="0.04" mass="{mass}"
    contype="{contact}" conaffinity="{contact}"/>"""


@dataclass(frozen=True)
class SixJointArm:
    """Parts of the file.

    Attributes:
        top: What stands before the world.
        world: Other bodies of the world.
        base: Attributes of the arm's base.
        carrier: Joints of the arm's base.
        joint: Attributes of every joint.
        damping: Their damping, one number or several.
        forearm: What stands in the forearm, link 3.
        hand: What stands in the last link, beside the site ``tcp``.
        actuator: Actuators before the arm's motors.
        bottom: What stands after the actuators.
        key: Attributes of the keyframe ``home``; there is none without.
        prefix: Prefix of all names.
        contact: True if links touch other things, and links but their neighbours.
    """

    top: str = ""
    world: str = ""
    base: str = ""
    carrier: str = ""
    joint: str = ""
    damping: str = "0.5"
    forearm: str = ""
    hand: str = ""
    actuator: str = ""
    bottom: str = ""
    key: str = 'qpos="{home}"'
    prefix: str = ""
    contact: bool = False

    def write(self, folder: Path) -> Path:
        """Write the file."""
        path = folder / "six.xml"
        path.write_text(self.text)
        return path

    @property
    def text(self) -> str:
        """The file."""
        p, motors = self.prefix, range(1, 7)
        key = self.key.format(home=" ".join(map(str, HOME)))
        drives = "".join(
            f'<motor name="{p}m{n}" joint="{p}joint{n}" ctrlrange="-{limit} {limit}"/>'
            for n, limit in zip(motors, LIMITS, strict=True)
        )
        return f"""<mujoco>
          <compiler angle="radian" autolimits="true"/>{self.top}
          <worldbody>{self.world}<body name="{p}base" {self.base}>{self.carrier}
            <geom type="cylinder" size="0.07 0.05" mass="4" contype="0" conaffinity="0"/>
            {"".join(self._link(n) for n in motors)}{"</body>" * 6}
          </body></worldbody>
          <actuator>{self.actuator}{drives}</actuator>{self.bottom}
          {f'<keyframe><key name="home" {key}/></keyframe>' if key else ""}
        </mujoco>"""

    def _link(self, n: int) -> str:
        offset, axis, direction, mass = LINKS[n - 1]
        link = OPEN.format(
            p=self.prefix, n=n, offset=offset, axis=axis, direction=direction, mass=mass,
            joint=self.joint, damping=self.damping, contact=int(self.contact),
        )  # fmt: skip
        tcp = f'<site name="{self.prefix}tcp" pos="0 0.06 0"/>{self.hand}'
        return link + {3: self.forearm, 6: tcp}.get(n, "")
