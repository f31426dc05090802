"""Turns whatever drives the joints of an MJCF file into plain torque motors."""

import logging
from collections.abc import Sequence

import mujoco
import numpy as np

from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loading.probes import degrees_of_freedom, probe
from spikearm.arm_models.names import free_name
from spikearm.arm_models.unexplained import actuator_moments

logger = logging.getLogger(__name__)

TINY = 1e-9  # of a moment arm
Trn = mujoco.mjtTrn
IN_JOINT = (Trn.mjTRN_JOINT, Trn.mjTRN_JOINTINPARENT)


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


def drive_by_torque(
    spec: mujoco.MjSpec, model: mujoco.MjModel, names: Sequence[str], limits: np.ndarray
) -> list[str]:
    """Replace the actuators of the chain by one motor per joint with explicit limits.

    Whatever pulls on the chain goes: actuators of its joints, of tendons, of sites. So do those
    that the file has switched off. Rotor inertia and damping of a joint's actuator stay with the
    joint; sensors of deleted actuators go with them; keyframes keep the controls of the others.

    Args:
        spec: Specification of the model; its actuators are replaced.
        model: Model as compiled from it.
        names: Names of the controlled joints.
        limits: Their torque limits, shape (n_joints,) [N m].

    Returns:
        Names of the motors, which are ``<joint>_torque`` where that is free.
    """
    pulls = _pulls(model, names)
    doomed = [
        actuator
        for actuator in range(model.nactuator)
        if pulls[actuator] or _is_off(model, actuator)
    ]
    for actuator in doomed:
        _keep_rotor(spec, model, actuator)
        _tell(model, actuator)
    _delete(spec, [spec.actuators[actuator] for actuator in doomed])
    _keep_controls(spec, model, doomed, len(names))
    spec.option.disableactuator = 0
    return [_add_motor(spec, name, limit) for name, limit in zip(names, limits, strict=True)]


def _pulls(model: mujoco.MjModel, names: Sequence[str]) -> np.ndarray:
    """Find the actuators that have a moment arm about the joints, in any of some poses."""
    dofs, pulls = degrees_of_freedom(model, names), np.zeros(model.nout, dtype=bool)
    for data in probe(model, names):
        pulls |= (np.abs(actuator_moments(model, data)[:, dofs]) > TINY).any(axis=1)
    outputs = zip(model.actuator_outadr, model.actuator_outnum, strict=True)
    return np.array([pulls[first : first + n].any() for first, n in outputs], dtype=bool)


def _is_off(model: mujoco.MjModel, actuator: int) -> bool:
    """Return True if the actuator's group is switched off."""
    return bool(model.opt.disableactuator >> int(model.actuator_group[actuator]) & 1)


def _is_in_joint(model: mujoco.MjModel, actuator: int) -> bool:
    """Return True if the actuator acts on one joint."""
    return Trn(int(model.actuator_trntype[actuator])) in IN_JOINT


def _keep_controls(
    spec: mujoco.MjSpec, model: mujoco.MjModel, doomed: Sequence[int], n_motors: int
) -> None:
    """Take the controls of deleted actuators out of the keyframes, and add those of motors."""
    starts_and_counts = (
        (model.actuator_ctrladr, model.actuator_ctrlnum),
        (model.actuator_actadr, model.actuator_actnum),
    )
    gone_ctrl, gone_act = (
        [start + i for a in doomed for start, n in [(starts[a], counts[a])] for i in range(n)]
        for starts, counts in starts_and_counts
    )
    for key in spec.keys:
        if len(key.ctrl):
            key.ctrl = np.append(np.delete(list(key.ctrl), gone_ctrl), np.zeros(n_motors))
        if len(key.act):
            key.act = np.delete(list(key.act), gone_act)


def _keep_rotor(spec: mujoco.MjSpec, model: mujoco.MjModel, actuator: int) -> None:
    """Add the rotor inertia and the damping of an actuator to its joint."""
    if not _is_in_joint(model, actuator):
        return
    gear = abs(model.actuator_gear[model.actuator_outadr[actuator], 0])
    joint = spec.joint(model.joint(model.actuator_trnid[actuator, 0]).name)
    joint.armature += gear**2 * model.actuator_armature[actuator]
    # Torque is gear times a polynomial of gear times the joint's speed.
    damping = spec.actuators[actuator].damping
    joint.damping += damping * gear ** (2.0 + np.arange(len(damping)))


def _tell(model: mujoco.MjModel, actuator: int) -> None:
    """Log a deleted actuator that is more than the drive of a joint."""
    if _is_off(model, actuator) or _is_in_joint(model, actuator):
        return
    name = model.actuator(actuator).name or f"number {actuator}"
    logger.warning(
        "Actuator '%s' pulls on the arm's joints through a tendon, a site or a crank, and is left "
        "out: torques drive the arm.",
        name,
    )


def _delete(spec: mujoco.MjSpec, actuators: Sequence[mujoco.MjsActuator]) -> None:
    """Delete actuators, and the sensors of them."""
    names = {actuator.name for actuator in actuators}
    for sensor in list(spec.sensors):
        if sensor.objtype == mujoco.mjtObj.mjOBJ_ACTUATOR and sensor.objname in names:
            spec.delete(sensor)
    for actuator in actuators:
        spec.delete(actuator)


def _add_motor(spec: mujoco.MjSpec, joint: str, limit: float) -> str:
    # A new actuator takes the file's defaults, so every field that matters is set.
    name = free_name(spec.actuator, f"{joint}_torque")
    motor = spec.add_actuator(name=name, target=joint)
    motor.set_to_motor()
    motor.trntype = Trn.mjTRN_JOINT
    motor.gear = [1, 0, 0, 0, 0, 0]
    motor.armature = motor.delay = motor.nsample = 0
    motor.damping = np.zeros_like(motor.damping)
    motor.group = 0
    motor.ctrllimited = motor.forcelimited = mujoco.mjtLimited.mjLIMITED_TRUE
    motor.ctrlrange = motor.forcerange = [-limit, limit]
    spec.joint(joint).actfrclimited = mujoco.mjtLimited.mjLIMITED_FALSE
    return name


def _joint_limit(model: mujoco.MjModel, joint: int) -> float:
    limits = []
    if model.jnt_actfrclimited[joint]:
        limits.append(np.abs(model.jnt_actfrcrange[joint]).max())
    for actuator in range(model.nactuator):
        if (
            model.actuator_trntype[actuator] == Trn.mjTRN_JOINT
            and model.actuator_trnid[actuator, 0] == joint
        ):
            limits.extend(_actuator_limits(model, actuator))
    return float(min(limits, default=np.inf))


def _actuator_limits(model: mujoco.MjModel, actuator: int) -> list[float]:
    gear = abs(model.actuator_gear[model.actuator_outadr[actuator], 0])
    limits = []
    if model.actuator_forcelimited[actuator]:
        limits.append(gear * np.abs(model.actuator_forcerange[actuator]).max())
    is_motor = (
        model.actuator_gaintype[actuator] == mujoco.mjtGain.mjGAIN_FIXED
        and model.actuator_biastype[actuator] == mujoco.mjtBias.mjBIAS_NONE
        and model.actuator_dyntype[actuator] == mujoco.mjtDyn.mjDYN_NONE
    )
    control = model.actuator_ctrladr[actuator]
    if is_motor and model.actuator_ctrllimited[control]:
        gain = abs(model.actuator_gainprm[actuator, 0])
        limits.append(gear * gain * np.abs(model.actuator_ctrlrange[control]).max())
    return limits
