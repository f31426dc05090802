"""The registry of arms.

``ARMS["mine"] = ArmEntry(title, source, mjcf)`` adds one.
"""

from dataclasses import dataclass
from pathlib import Path

MJCF_FOLDER = Path(__file__).parent / "mjcf"


@dataclass(frozen=True)
class ArmEntry:
    """An arm that can be loaded by its name.

    Attributes:
        title: Maker's name of the arm.
        source: Publication of its figures, and their licence.
        mjcf: Path of its MJCF file.
    """

    title: str
    source: str
    mjcf: Path


def _shipped(file: str, title: str, source: str) -> ArmEntry:
    return ArmEntry(title, source, MJCF_FOLDER / file)


ARMS: dict[str, ArmEntry] = {
    "gen3": _shipped("gen3.xml", "Kinova Gen3", "MuJoCo Menagerie, ros_kortex (BSD-3-Clause)"),
    "panda": _shipped("panda.xml", "Franka Emika Panda", "MuJoCo Menagerie (Apache-2.0)"),
    "fr3": _shipped("fr3.xml", "Franka Research 3", "MuJoCo Menagerie (Apache-2.0)"),
    "iiwa14": _shipped(
        "iiwa14.xml", "KUKA LBR iiwa 14", "MuJoCo Menagerie, KUKA brochure (BSD-3-Clause)"
    ),
    "ur5e": _shipped(
        "ur5e.xml", "Universal Robots UR5e", "Universal_Robots_ROS2_Description (BSD-3-Clause)"
    ),
    "jaco2_7dof": _shipped("jaco2_7dof.xml", "Kinova Jaco2 j2s7s300", "kinova-ros (BSD-3-Clause)"),
    "jaco2_6dof": _shipped("jaco2_6dof.xml", "Kinova Jaco2 j2s6s300", "kinova-ros (BSD-3-Clause)"),
    "planar2": _shipped("planar2.xml", "Planar arm, 2 links", "this project; closed-form dynamics"),
    "planar3": _shipped("planar3.xml", "Planar arm, 3 links", "this project; closed-form dynamics"),
}
