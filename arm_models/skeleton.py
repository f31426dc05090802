"""Skeleton of an arm: a line from its base through its joints to its hand."""

import numpy as np

from spikearm.arm_models.arm import Arm


def skeleton(arm: Arm) -> np.ndarray:
    """Return the places of base, joints and hand as the arm is now, shape (n_joints + 2, 3) [m]."""
    _, data = arm.scene
    joints = [data.joint(name).xanchor for name in arm.chain.joints]
    base = arm.model.base_position
    return np.array([base, *joints, arm.state.hand.position])
