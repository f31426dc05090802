"""The check that an arm's model knows the forces on its joints."""

import logging
from collections.abc import Iterator

import mujoco
import numpy as np

from spikearm.arm_models.chain import Chain
from spikearm.arm_models.dynamics import Readout
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loading.probes import probe
from spikearm.arm_models.unexplained import UnexplainedForce, unexplained_forces

logger = logging.getLogger(__name__)

# Accelerations of the hand that shift it by 5 mm and by 2 degrees, which miss a target, under the
# default gains of 200/s^2.
REFUSED = np.repeat([1.0, 7.0], 3)  # m/s^2, rad/s^2
TOLD = 0.02  # of that: 0.1 mm
SPEED = 0.5  # rad/s, of joints in the random poses
CROSSED = mujoco.mjtDisableBit.mjDSBL_CONTACT | mujoco.mjtDisableBit.mjDSBL_LIMIT


def check_model(model: mujoco.MjModel, chain: Chain) -> None:
    """Look for forces on the joints that the arm's model lacks, at home and in random poses.

    The largest is logged if it is felt.

    Raises:
        SpikearmError: It would move the hand off its targets.
    """
    found = [
        *(("at home", force) for force in _at_home(model, chain)),
        *(("in a random pose", force) for force in _elsewhere(model, chain)),
    ]
    where, worst = max(found, key=lambda one: _size(one[1]), default=("", None))
    if worst is None or _size(worst) < TOLD:
        return
    joint, torque = worst.on_worst_joint(chain)
    sentence = (
        f"The {worst.cause} acts on joint '{joint}' with {torque:.3g} N m {where}, and no "
        "controller's model knows it."
    )
    if _size(worst) >= 1:
        raise SpikearmError(f"{sentence} {_remedy(where)}")
    logger.warning("%s", sentence)


def _size(force: UnexplainedForce) -> float:
    """Return the acceleration of the hand relative to one that is refused."""
    return float((np.abs(force.acceleration) / REFUSED).max())


def _remedy(where: str) -> str:
    another = ", or give another home pose" if where == "at home" else ""
    return f"Take it out of the file{another}."


def _at_home(model: mujoco.MjModel, chain: Chain) -> list[UnexplainedForce]:
    data = mujoco.MjData(model)
    chain.rest.write(data)
    mujoco.mj_step1(model, data)
    _tell_weakness(Readout(model, data, chain).dynamics().bias_force, chain)
    return _held(model, data, chain)


def _tell_weakness(holding: np.ndarray, chain: Chain) -> None:
    for joint, torque, limit in zip(chain.joints, holding, chain.torque_limits, strict=True):
        if abs(torque) > limit:
            logger.warning(
                "Joint '%s' takes %.3g N m to be held at home, and its limit is %.3g N m: the arm "
                "will sink. Give other torque limits, or another home pose.",
                joint, abs(torque), limit,
            )  # fmt: skip


def _elsewhere(model: mujoco.MjModel, chain: Chain) -> Iterator[UnexplainedForce]:
    """Yield forces in motion, without limits and contacts, which random poses may break."""
    rng, flags = np.random.default_rng(1), model.opt.disableflags
    model.opt.disableflags |= int(CROSSED)
    for data in probe(model, chain.joints, rest=chain.rest):
        data.qvel[chain.dof] = rng.normal(scale=SPEED, size=chain.n_joints)
        mujoco.mj_step1(model, data)
        found = _held(model, data, chain)
        yield from (force for force in found if not force.is_coupling)
    model.opt.disableflags = flags


def _held(model: mujoco.MjModel, data: mujoco.MjData, chain: Chain) -> list[UnexplainedForce]:
    """Find the forces while motors give what the model says is needed to hold the arm."""
    bias_force = Readout(model, data, chain).dynamics().bias_force
    viscous = model.dof_damping[chain.dof] * data.qvel[chain.dof]
    data.ctrl[chain.motors] = bias_force + viscous
    mujoco.mj_forward(model, data)
    found = unexplained_forces(model, data, chain)
    return [force for force in found if not force.is_dry_friction]
