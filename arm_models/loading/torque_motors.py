"""Turns whatever drives the joints of an MJCF file into plain torque motors."""

from collections.abc import Sequence

import mujoco
import numpy as np

from spikearm.arm_models.errors import SpikearmError


def read_torque_limits(
    model: mujoco.MjModel, names: Sequence[str], given: Sequence[float] | None
) -> np.ndarray:
    """Find the largest torque of each joint.

    The file's own limits count in this order: the actuator's force range, the joint's
    actuator force range, the control range of a plain motor times its gear. The
    smallest of them wins. A servo's control range is an angle and says nothing.

    Args:
        model: The model as its author wrote it.
        names: Names of the controlled joints.
        given: Limits from the user, shape (n_joints,) [N m], which win over the file's.

    Returns:
        Shape (n_joints,) [N m].

    Raises:
        SpikearmError: A joint has no limit, or a given one is not positive.
    """
    if given is not None:
        limits = np.asarray(given, dtype=float)
        if limits.shape != (len(names),) or not (limits > 0).all():
            raise SpikearmError(
                f"Torque limits {list(given)} do not fit: give one positive number of N m for "
                f"each of the joints {list(names)}."
            )
        return limits
    limits = np.array([_joint_limit(model, model.joint(name).id) for name in names])
    if not np.isfinite(limits).all():
        bad = [name for name, limit in zip(names, limits, strict=True) if not np.isfinite(limit)]
        raise SpikearmError(
            f"The file bounds no torque for {bad}. Give torque_limits, one number of N m for "
            f"each of {list(names)}."
        )
    return limits


def drive_by_torque(spec: mujoco.MjSpec, names: Sequence[str], limits: np.ndarray) -> None:
    """Replace the actuators of the chain by one motor per joint with explicit limits.

    Motors are named after their joint, ``<joint>_torque``. Actuators of other joints
    stay; sensors of deleted actuators go with them, and keyframes lose their controls.
    """
    chain = set(names)
    model = spec.compile()
    doomed = [a for i, a in enumerate(spec.actuators) if _drives(model, i) & chain]
    doomed_names = {actuator.name for actuator in doomed}
    for sensor in list(spec.sensors):
        if sensor.objtype == mujoco.mjtObj.mjOBJ_ACTUATOR and sensor.objname in doomed_names:
            spec.delete(sensor)
    for actuator in doomed:
        spec.delete(actuator)
    for key in spec.keys:
        key.ctrl = []
        key.act = []
    for name, limit in zip(names, limits, strict=True):
        spec.joint(name).actfrclimited = mujoco.mjtLimited.mjLIMITED_FALSE
        _add_motor(spec, name, limit)


def _add_motor(spec: mujoco.MjSpec, joint: str, limit: float) -> None:
    # A new actuator takes the file's defaults, so every field that matters is set.
    motor = spec.add_actuator(name=f"{joint}_torque", target=joint)
    motor.set_to_motor()
    motor.trntype = mujoco.mjtTrn.mjTRN_JOINT
    motor.gear = [1, 0, 0, 0, 0, 0]
    motor.ctrllimited = motor.forcelimited = mujoco.mjtLimited.mjLIMITED_TRUE
    motor.ctrlrange = motor.forcerange = [-limit, limit]


def _drives(model: mujoco.MjModel, actuator: int) -> set[str]:
    """Name the joints that an actuator acts on, directly or through a fixed tendon."""
    target = model.actuator_trnid[actuator, 0]
    kind = mujoco.mjtTrn(int(model.actuator_trntype[actuator]))
    if kind in (mujoco.mjtTrn.mjTRN_JOINT, mujoco.mjtTrn.mjTRN_JOINTINPARENT):
        return {model.joint(target).name}
    if kind == mujoco.mjtTrn.mjTRN_TENDON:
        start = model.tendon_adr[target]
        wraps = range(start, start + model.tendon_num[target])
        joint_wraps = [w for w in wraps if model.wrap_type[w] == mujoco.mjtWrap.mjWRAP_JOINT]
        return {model.joint(model.wrap_objid[w]).name for w in joint_wraps}
    return set()


def _joint_limit(model: mujoco.MjModel, joint: int) -> float:
    limits = []
    if model.jnt_actfrclimited[joint]:
        limits.append(np.abs(model.jnt_actfrcrange[joint]).max())
    for actuator in range(model.nu):
        if (
            model.actuator_trntype[actuator] == mujoco.mjtTrn.mjTRN_JOINT
            and model.actuator_trnid[actuator, 0] == joint
        ):
            limits.extend(_actuator_limits(model, actuator))
    return float(min(limits, default=np.inf))


def _actuator_limits(model: mujoco.MjModel, actuator: int) -> list[float]:
    gear = abs(model.actuator_gear[actuator, 0])
    limits = []
    if model.actuator_forcelimited[actuator]:
        limits.append(gear * np.abs(model.actuator_forcerange[actuator]).max())
    is_motor = (
        model.actuator_gaintype[actuator] == mujoco.mjtGain.mjGAIN_FIXED
        and model.actuator_biastype[actuator] == mujoco.mjtBias.mjBIAS_NONE
        and model.actuator_dyntype[actuator] == mujoco.mjtDyn.mjDYN_NONE
    )
    if is_motor and model.actuator_ctrllimited[actuator]:
        gain = abs(model.actuator_gainprm[actuator, 0])
        limits.append(gear * gain * np.abs(model.actuator_ctrlrange[actuator]).max())
    return limits
