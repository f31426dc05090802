"""Choice of the arm's joints in a model."""

from collections.abc import Sequence

import mujoco

from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loading.end_effector import ancestors
from spikearm.arm_models.names import free_name

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
        SpikearmError: A joint is unknown, named twice or does not move the hand, or the arm
            stands on a body that floats.
    """
    _name_joints(spec)
    carriers = [joint for body in reversed(ancestors(site.parent)) for joint in body.joints]
    _refuse_floating(carriers)
    moving = {joint.name: joint for joint in carriers if joint.type in DRIVEN_TYPES}
    if names is not None:
        _check_names(spec, moving, list(names))
        return [moving[name] for name in names]
    fingers = _fingers(spec, list(moving))
    chosen = [joint for name, joint in moving.items() if name not in fingers]
    if not chosen:
        raise SpikearmError(
            f"No joint moves the end effector '{site.name}'. Name an end effector further down "
            "the arm."
        )
    return chosen


def _name_joints(spec: mujoco.MjSpec) -> None:
    for index, joint in enumerate(spec.joints):
        if not joint.name:
            joint.name = free_name(spec.joint, f"joint_{index}")


def _refuse_floating(carriers: list[mujoco.MjsJoint]) -> None:
    for joint in carriers:
        if joint.type == mujoco.mjtJoint.mjJNT_FREE:
            raise SpikearmError(
                f"The arm stands on body '{joint.parent.name}', which floats freely (joint "
                f"'{joint.name}'): it would be driven about by what the arm does. Take the joint "
                "out of the file, so that the base is fixed."
            )


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


def _fingers(spec: mujoco.MjSpec, moving: Sequence[str]) -> set[str]:
    """Find the joints that an equality couples, or that are named like fingers.

    A word in the names of most of the joints names the model that they belong to.
    """
    coupled = {
        name
        for equality in spec.equalities
        if equality.type == mujoco.mjtEq.mjEQ_JOINT and equality.active
        for name in (equality.name1, equality.name2)
    }
    named = [{name for name in moving if word in name.lower()} for word in FINGER_WORDS]
    return coupled.union(*(names for names in named if 2 * len(names) <= len(moving)))
