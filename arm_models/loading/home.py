"""The pose that an arm starts from, and the state of everything else there."""

from collections.abc import Sequence

import mujoco
import numpy as np

from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.home_state import HomeState

ROUNDING = 1e-3  # rad or m; as far beyond a joint limit, a keyframe is rounded
AFFINE = mujoco.mjtBias.mjBIAS_AFFINE
FIXED = mujoco.mjtGain.mjGAIN_FIXED


def find_home(
    spec: mujoco.MjSpec, model: mujoco.MjModel, names: Sequence[str], given: Sequence[float] | None
) -> HomeState:
    """Find the whole model's state at home.

    Positions are those of the keyframe ``home``, else of the first keyframe, else the model's
    zero with joints moved to mid-range where zero is outside their limits. Servos of other joints
    get the keyframe's controls; where there are none, those that hold the positions.

    Args:
        spec: Specification of the model.
        model: Model as compiled from it.
        names: Names of the controlled joints.
        given: Their positions from the user, which win, shape (n_joints,) [rad].

    Raises:
        SpikearmError: The given pose has the wrong length, or a pose breaks a limit.
    """
    data = mujoco.MjData(model)
    keys = [model.key(index).name for index in range(model.nkey)]
    key = None if not keys else keys.index("home") if "home" in keys else 0
    if key is not None:
        mujoco.mj_resetDataKeyframe(model, data, key)
    data.qpos[_addresses(model, names)] = _joint_positions(model, data, names, key, given)
    if key is None or not len(spec.keys[key].ctrl):
        _hold(model, data)
    return HomeState(
        *(getattr(data, name).copy() for name in ("qpos", "ctrl", "act", "mocap_pos", "mocap_quat"))
    )


def joint_limits(model: mujoco.MjModel, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and the upper limits of joints, infinite where there is none."""
    ids = [model.joint(name).id for name in names]
    limited = model.jnt_limited[ids].astype(bool)
    lower, upper = model.jnt_range[ids].T
    return np.where(limited, lower, -np.inf), np.where(limited, upper, np.inf)


def _addresses(model: mujoco.MjModel, names: Sequence[str]) -> np.ndarray:
    return model.jnt_qposadr[[model.joint(name).id for name in names]]


def _joint_positions(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    names: Sequence[str],
    key: int | None,
    given: Sequence[float] | None,
) -> np.ndarray:
    lower, upper = limits = joint_limits(model, names)
    here = data.qpos[_addresses(model, names)]
    if given is not None:
        return _inside(given, names, limits, "The home pose")
    if key is not None:
        rounded = np.clip(here, lower, upper)
        pose = np.where(np.abs(rounded - here) < ROUNDING, rounded, here)
        title = f"keyframe '{model.key(key).name}'" if model.key(key).name else "first keyframe"
        return _inside(pose, names, limits, f"The file's {title}, its home pose,")
    outside = (here < lower) | (here > upper)
    here[outside] = (lower[outside] + upper[outside]) / 2
    return here


def _inside(
    pose: Sequence[float] | np.ndarray,
    names: Sequence[str],
    limits: tuple[np.ndarray, np.ndarray],
    title: str,
) -> np.ndarray:
    """Check that a pose has a number per joint, inside its limits."""
    positions, (lower, upper) = np.asarray(pose, dtype=float), limits
    if positions.shape != (len(names),):
        raise SpikearmError(
            f"The home pose has {positions.size} numbers, but there are {len(names)} joints: "
            f"{list(names)}."
        )
    outside = ~((positions >= lower) & (positions <= upper))
    if outside.any():
        bad = int(np.argmax(outside))
        raise SpikearmError(
            f"{title} puts joint '{names[bad]}' at {positions[bad]:.3f} rad, outside its "
            f"limits {lower[bad]:.3f} to {upper[bad]:.3f}. Give a home pose within them."
        )
    return positions


def _hold(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Set the controls with which servos are at rest where they are."""
    mujoco.mj_fwdPosition(model, data)
    for actuator in range(model.nactuator):
        gain, stiffness = model.actuator_gainprm[actuator, 0], model.actuator_biasprm[actuator, 1]
        servo = model.actuator_biastype[actuator] == AFFINE and stiffness != 0
        if servo and model.actuator_gaintype[actuator] == FIXED and gain != 0:
            length = data.actuator_length[model.actuator_outadr[actuator]]
            control = -(model.actuator_biasprm[actuator, 0] + stiffness * length) / gain
            _set(model, data, actuator, control)


def _set(model: mujoco.MjModel, data: mujoco.MjData, actuator: int, control: float) -> None:
    address = model.actuator_ctrladr[actuator]
    if model.actuator_ctrllimited[address]:
        control = np.clip(control, *model.actuator_ctrlrange[address])
    if model.actuator_dyntype[actuator] != mujoco.mjtDyn.mjDYN_INTEGRATOR:
        data.ctrl[address] = control
    first, n = model.actuator_actadr[actuator], model.actuator_actnum[actuator]
    data.act[first : first + n] = control
