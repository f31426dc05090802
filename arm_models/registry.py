"""The arms that ship with the package."""

from dataclasses import dataclass
from pathlib import Path

MJCF_FOLDER = Path(__file__).parent / "mjcf"


@dataclass(frozen=True)
class ArmEntry:
    """A shipped arm, as the table of arms shows it.

    Attributes:
        title: Maker's name of the arm.
        source: Where its figures are published, and under which licence.
    """

    title: str
    source: str


ARMS = {
    "gen3": ArmEntry("Kinova Gen3", "MuJoCo Menagerie, ros_kortex (BSD-3-Clause)"),
    "panda": ArmEntry("Franka Emika Panda", "MuJoCo Menagerie (Apache-2.0)"),
    "fr3": ArmEntry("Franka Research 3", "MuJoCo Menagerie (Apache-2.0)"),
    "iiwa14": ArmEntry("KUKA LBR iiwa 14", "MuJoCo Menagerie, KUKA brochure (BSD-3-Clause)"),
    "ur5e": ArmEntry("Universal Robots UR5e", "Universal_Robots_ROS2_Description (BSD-3-Clause)"),
    "jaco2_7dof": ArmEntry("Kinova Jaco2 j2s7s300", "kinova-ros (BSD-3-Clause)"),
    "jaco2_6dof": ArmEntry("Kinova Jaco2 j2s6s300", "kinova-ros (BSD-3-Clause)"),
    "planar2": ArmEntry("Planar arm, 2 links", "this project; closed-form dynamics"),
    "planar3": ArmEntry("Planar arm, 3 links", "this project; closed-form dynamics"),
}


def mjcf_path(name: str) -> Path:
    """Return the MJCF file of a shipped arm."""
    return MJCF_FOLDER / f"{name}.xml"
