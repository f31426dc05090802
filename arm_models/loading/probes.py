"""States in which a model is looked at: the arm in random poses, all else as the file has it."""

from collections.abc import Iterator, Sequence

import mujoco
import numpy as np

from spikearm.arm_models.home_state import HomeState
from spikearm.arm_models.loading.home import joint_limits

N_POSES = 4
UNLIMITED = 1.0  # rad or m; as far from its zero, a joint without limits is moved


def probe(
    model: mujoco.MjModel,
    names: Sequence[str],
    n_poses: int = N_POSES,
    rest: HomeState | None = None,
) -> Iterator[mujoco.MjData]:
    """Yield a model's data with the arm in one random pose after another.

    The position stage is computed, contacts included. The poses are the same in every call.

    Args:
        model: Compiled model.
        names: Names of the arm's joints.
        n_poses: Number of poses.
        rest: State of all else; that of a reset when left out.
    """
    data, rng = mujoco.MjData(model), np.random.default_rng(0)
    if rest is not None:
        rest.write(data)
    addresses = model.jnt_qposadr[[model.joint(name).id for name in names]]
    lower, upper = joint_limits(model, names)
    zero = model.qpos0[addresses]
    lower = np.where(np.isfinite(lower), lower, zero - UNLIMITED)
    upper = np.where(np.isfinite(upper), upper, zero + UNLIMITED)
    for _ in range(n_poses):
        data.qpos[addresses] = rng.uniform(lower, upper)
        mujoco.mj_fwdPosition(model, data)
        yield data


def degrees_of_freedom(model: mujoco.MjModel, names: Sequence[str]) -> np.ndarray:
    """Return the addresses of joints in ``MjData.qvel``."""
    return model.jnt_dofadr[[model.joint(name).id for name in names]]
