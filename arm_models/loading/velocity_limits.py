"""Largest speeds of an arm's joints, which MuJoCo has no field for."""

from collections.abc import Sequence

import mujoco
import numpy as np

from spikearm.arm_models.errors import SpikearmError

# Estimates, for files that state no limit. The shipped arms' makers allow 0.6 to 5.3 rad/s, their
# median is 2.1.
HINGE_SPEED = 2.0  # rad/s
SLIDE_SPEED = 0.5  # m/s


def read_velocity_limits(
    model: mujoco.MjModel, names: Sequence[str], given: Sequence[float] | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Find the largest speed of each joint.

    A file states it in a custom number that is named after its joint:
    ``<numeric name="elbow_velocity_limit" data="1.4"/>``.

    Args:
        model: The model as its author wrote it.
        names: Names of the controlled joints.
        given: Limits from the user, shape (n_joints,) [rad/s or m/s], which win over the file's.

    Returns:
        Limits, shape (n_joints,) [rad/s or m/s], and the joints whose limit is an estimate
        because neither the user nor the file states it.

    Raises:
        SpikearmError: A given limit is not positive, or the file's is no such number.
    """
    if given is not None:
        return _checked(given, names), ()
    stated = [_stated(model, name) for name in names]
    limits = [
        _estimate(model, name) if limit is None else limit
        for name, limit in zip(names, stated, strict=True)
    ]
    estimated = tuple(name for name, limit in zip(names, stated, strict=True) if limit is None)
    return np.array(limits), estimated


def _checked(given: Sequence[float], names: Sequence[str]) -> np.ndarray:
    limits = np.asarray(given, dtype=float)
    if limits.shape != (len(names),) or not ((limits > 0) & (limits < np.inf)).all():
        raise SpikearmError(
            f"Velocity limits {list(given)} do not fit: give one positive number of rad/s (m/s for "
            f"slides) for each of the joints {list(names)}."
        )
    return limits


def _stated(model: mujoco.MjModel, name: str) -> float | None:
    """Read the limit that the file states, or None."""
    number = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_NUMERIC, f"{name}_velocity_limit")
    if number < 0:
        return None
    data = model.numeric(number).data
    if len(data) != 1 or not 0 < data[0] < np.inf:
        raise SpikearmError(
            f"The file's velocity limit of joint '{name}' is {data.tolist()}: give one positive "
            "number of rad/s (m/s for slides)."
        )
    return float(data[0])


def _estimate(model: mujoco.MjModel, name: str) -> float:
    slides = model.joint(name).type[0] == mujoco.mjtJoint.mjJNT_SLIDE
    return SLIDE_SPEED if slides else HINGE_SPEED
