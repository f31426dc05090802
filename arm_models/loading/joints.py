"""Choice of the arm's joints in a model."""

from collections.abc import Sequence

import mujoco

from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loading.end_effector import ancestors

FINGER_WORDS = ("finger", "gripper", "knuckle", "driver", "thumb")
DRIVEN_TYPES = (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE)


def choose_joints(
    spec: mujoco.MjSpec, site: mujoco.MjsSite, names: Sequence[str] | None
) -> list[mujoco.MjsJoint]:
    """Choose the controlled joints, base first.

    Args:
        spec: Specification of the model; joints without a name get one.
        site: Site of the end effector.
        names: Names of chosen joints; left out, every hinge and slide from the base to the
            end effector, without fingers (joints that an equality couples or that are
            named like one).

    Raises:
        SpikearmError: A joint is unknown, named twice or does not move the hand.
    """
    _name_joints(spec)
    moving = {
        joint.name: joint
        for body in reversed(ancestors(site.parent))
        for joint in body.joints
        if joint.type in DRIVEN_TYPES
    }
    if names is not None:
        _check_names(spec, moving, list(names))
        return [moving[name] for name in names]
    chosen = [joint for joint in moving.values() if not _is_finger(spec, joint)]
    if not chosen:
        raise SpikearmError(
            f"No joint moves the end effector '{site.name}'. Name an end effector further down "
            "the arm."
        )
    return chosen


def _name_joints(spec: mujoco.MjSpec) -> None:
    for index, joint in enumerate(spec.joints):
        if not joint.name:
            name = f"joint_{index}"
            while spec.joint(name) is not None:
                name += "_unnamed"
            joint.name = name


def _check_names(spec: mujoco.MjSpec, moving: dict, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SpikearmError(f"Joint '{name}' is named twice. Name each joint once.")
        if spec.joint(name) is None:
            raise SpikearmError(
                f"Joint '{name}' is not in this model. Joints that move the hand: {list(moving)}."
            )
        if name not in moving:
            raise SpikearmError(
                f"Joint '{name}' is no hinge or slide that moves the end effector. Those are: "
                f"{list(moving)}."
            )


def _is_finger(spec: mujoco.MjSpec, joint: mujoco.MjsJoint) -> bool:
    coupled = {
        name
        for equality in spec.equalities
        if equality.type == mujoco.mjtEq.mjEQ_JOINT
        for name in (equality.name1, equality.name2)
    }
    name = joint.name.lower()
    return joint.name in coupled or any(word in name for word in FINGER_WORDS)
