"""The plant: arms in MuJoCo that take torques and give their sensed state."""

from typing import TYPE_CHECKING

from spikearm.lazy_names import lazy_names

if TYPE_CHECKING:
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

HOMES = {
    "ARMS": "registry",
    "Arm": "arm",
    "ArmEntry": "registry",
    "ArmState": "state",
    "Chain": "chain",
    "Dynamics": "dynamics",
    "Pose": "state",
    "RigidBodyModel": "dynamics",
    "SpikearmError": "errors",
    "UnexplainedForce": "unexplained",
    "load_arm": "loading.load_arm",
}

__getattr__ = lazy_names(__name__, HOMES)  # the command line uses errors before MuJoCo
