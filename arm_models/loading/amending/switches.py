"""MuJoCo's global switches, which change a file's meaning behind its figures."""

from collections.abc import Callable

import mujoco
import numpy as np

Bit = mujoco.mjtDisableBit
CONSTRAINTS = (Bit.mjDSBL_EQUALITY, Bit.mjDSBL_FRICTIONLOSS, Bit.mjDSBL_LIMIT, Bit.mjDSBL_CONTACT)


def replace_switches(spec: mujoco.MjSpec) -> None:
    """Set figures to zero in place of what the file switches off as a whole.

    Drives, their limits and joint friction are needed: torque motors drive the arm, and brakes
    are friction. What the file switches off stays off, but so that its figures say it.
    """
    if _is_off(spec, Bit.mjDSBL_CONSTRAINT):
        spec.option.disableflags |= int(sum(CONSTRAINTS))
    for switch, clear in ZEROED.items():
        if _is_off(spec, switch):
            clear(spec)
    for switch in (*ZEROED, Bit.mjDSBL_CONSTRAINT, Bit.mjDSBL_ACTUATION, Bit.mjDSBL_CLAMPCTRL):
        spec.option.disableflags &= ~int(switch)


def _is_off(spec: mujoco.MjSpec, switch: mujoco.mjtDisableBit) -> bool:
    return bool(spec.option.disableflags & int(switch))


def _no_gravity(spec: mujoco.MjSpec) -> None:
    spec.option.gravity = np.zeros(3)


def _no_friction(spec: mujoco.MjSpec) -> None:
    for part in (*spec.joints, *spec.tendons):
        part.frictionloss = 0.0


def _no_damping(spec: mujoco.MjSpec) -> None:
    for part in (*spec.joints, *spec.tendons):
        part.damping = np.zeros_like(part.damping)


def _no_springs(spec: mujoco.MjSpec) -> None:
    for part in (*spec.joints, *spec.tendons):
        part.stiffness = np.zeros_like(part.stiffness)
    for joint in spec.joints:
        joint.springdamper = np.zeros(2)


ZEROED: dict[mujoco.mjtDisableBit, Callable[[mujoco.MjSpec], None]] = {
    Bit.mjDSBL_GRAVITY: _no_gravity,
    Bit.mjDSBL_FRICTIONLOSS: _no_friction,
    Bit.mjDSBL_DAMPER: _no_damping,
    Bit.mjDSBL_SPRING: _no_springs,
}
