"""The plant: arms in MuJoCo that take torques and give their sensed state."""

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.chain import Chain
from spikearm.arm_models.dynamics import Dynamics, RigidBodyModel
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loading.load_arm import load_arm
from spikearm.arm_models.registry import ARMS, ArmEntry
from spikearm.arm_models.state import ArmState, Pose
from spikearm.arm_models.unexplained import UnexplainedForce

__all__ = [
    "ARMS",
    "Arm",
    "ArmEntry",
    "ArmState",
    "Chain",
    "Dynamics",
    "Pose",
    "RigidBodyModel",
    "SpikearmError",
    "UnexplainedForce",
    "load_arm",
]
