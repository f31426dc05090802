"""The pose that an arm starts from."""

from collections.abc import Sequence

import mujoco
import numpy as np

from spikearm.arm_models.errors import SpikearmError


def find_home(
    model: mujoco.MjModel,
    names: Sequence[str],
    qpos: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    given: Sequence[float] | None,
) -> np.ndarray:
    """Find the whole model's home configuration, shape (nq,).

    It is the keyframe ``home``, else the first keyframe, else the model's zero with
    joints moved to mid-range where zero is outside their limits.

    Args:
        model: Compiled model.
        names: Names of the controlled joints.
        qpos: Their addresses in ``MjData.qpos``.
        lower: Their lower limits, shape (n_joints,) [rad].
        upper: Their upper limits, shape (n_joints,) [rad].
        given: Their positions from the user, which win, shape (n_joints,) [rad].

    Raises:
        SpikearmError: The given pose has the wrong length or breaks a limit.
    """
    keys = [model.key(index).name for index in range(model.nkey)]
    if keys:
        home = model.key_qpos[keys.index("home") if "home" in keys else 0].copy()
    else:
        home = model.qpos0.copy()
        outside = (home[qpos] < lower) | (home[qpos] > upper)
        home[qpos[outside]] = (lower[outside] + upper[outside]) / 2
    if given is not None:
        home[qpos] = _checked(given, names, lower, upper)
    return home


def _checked(
    home: Sequence[float], names: Sequence[str], lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    positions = np.asarray(home, dtype=float)
    if positions.shape != (len(names),):
        raise SpikearmError(
            f"The home pose has {positions.size} numbers, but there are {len(names)} joints: "
            f"{list(names)}."
        )
    outside = ~((positions >= lower) & (positions <= upper))
    if outside.any():
        bad = int(np.argmax(outside))
        raise SpikearmError(
            f"The home pose puts joint '{names[bad]}' at {positions[bad]:.3f} rad, outside its "
            f"limits {lower[bad]:.3f} to {upper[bad]:.3f}."
        )
    return positions
