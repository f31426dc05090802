"""Joints that carry the arm without being controlled: they must hold it by themselves."""

from dataclasses import replace

import mujoco
import numpy as np

from spikearm.arm_models.chain import Chain
from spikearm.arm_models.describe import Obj, describe
from spikearm.arm_models.dynamics import Readout
from spikearm.arm_models.errors import SpikearmError

SETTLING = 2.0  # s
CREEP = 0.01  # rad/s or m/s; what moves faster after that is not held
KEPT_SPEED = 0.9  # of the speed, in a step: what holds the arm swings out


def settle_base(model: mujoco.MjModel, chain: Chain) -> Chain:
    """Return the chain with its home where joints that carry the arm come to rest under it.

    A lift that a servo holds sinks a little under the arm's weight. It is moved there at once, not
    in the first second of each run.

    Raises:
        SpikearmError: A joint that carries the arm is not controlled and holds nothing.
    """
    carriers = _carriers(model, chain)
    if not carriers.size:
        return chain
    data = mujoco.MjData(model)
    chain.rest.write(data)
    readout = Readout(model, data, chain)
    for _ in range(round(SETTLING / model.opt.timestep)):
        data.qpos[chain.qpos], data.qvel[chain.dof] = chain.home, 0.0
        data.qvel[:] *= KEPT_SPEED
        mujoco.mj_step1(model, data)
        data.ctrl[chain.motors] = readout.dynamics().bias_force
        mujoco.mj_step2(model, data)
    _refuse_creep(model, data, carriers)
    qpos = chain.rest.qpos.copy()
    for joint in np.unique(model.dof_jntid[carriers]):
        where = _addresses(model, joint)
        qpos[where] = data.qpos[where]
    return replace(chain, rest=replace(chain.rest, qpos=qpos))


def _carriers(model: mujoco.MjModel, chain: Chain) -> np.ndarray:
    """Find the degrees of freedom between the world and the hand that are not the chain's."""
    body, dofs = int(model.site_bodyid[chain.site]), []
    while body:
        first, n = model.body_dofadr[body], model.body_dofnum[body]
        dofs.extend(range(first, first + n))
        body = int(model.body_parentid[body])
    return np.setdiff1d(dofs, chain.dof).astype(int)


def _refuse_creep(model: mujoco.MjModel, data: mujoco.MjData, carriers: np.ndarray) -> None:
    fastest = carriers[np.argmax(np.abs(data.qvel[carriers]))]
    speed = abs(data.qvel[fastest])
    if not speed < CREEP:
        joint = describe(model, Obj.mjOBJ_JOINT, model.dof_jntid[fastest])
        raise SpikearmError(
            f"Joint {joint} carries the arm, is not one of the controlled joints, and nothing "
            f"holds it: it gives way under the arm's weight. Control it too, hold it by a servo, "
            "or take it out of the file."
        )


def _addresses(model: mujoco.MjModel, joint: int) -> slice:
    first = model.jnt_qposadr[joint]
    return slice(first, first + (4 if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_BALL else 1))
