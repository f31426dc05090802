"""The plant: arms in MuJoCo that take torques and give their sensed state."""

from arm_models.arm import Arm
from arm_models.chain import Chain
from arm_models.dynamics import Dynamics, RigidBodyModel
from arm_models.errors import SpikearmError
from arm_models.loading import load_arm
from arm_models.registry import ARMS
from arm_models.state import ArmState, Pose

__all__ = [
    "ARMS",
    "Arm",
    "ArmState",
    "Chain",
    "Dynamics",
    "Pose",
    "RigidBodyModel",
    "SpikearmError",
    "load_arm",
]
