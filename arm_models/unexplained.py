"""Forces on the arm's joints that its controllers' model does not know, by their cause."""

from collections.abc import Iterator
from dataclasses import dataclass

import mujoco
import numpy as np

from spikearm.arm_models.chain import Chain
from spikearm.arm_models.describe import Obj, describe, describe_contact, describe_equality
from spikearm.arm_models.dynamics import Readout

Cnstr = mujoco.mjtConstraint
TINY = 1e-6  # N m
UNKNOWN = "force of an unknown kind"
COUPLING = "motion of joint"
FRICTION = "dry friction of joint"


@dataclass(frozen=True)
class UnexplainedForce:
    """Generalised force on the chain that its rigid-body model lacks.

    Attributes:
        cause: What exerts it, in words.
        torque: Joint torques, shape (n_joints,) [N m].
        acceleration: Acceleration of the hand by it, shape (6,) [m/s^2, rad/s^2].
    """

    cause: str
    torque: np.ndarray
    acceleration: np.ndarray

    @property
    def is_dry_friction(self) -> bool:
        """True for dry friction of a joint, which controllers cancel as well as it can be."""
        return self.cause.startswith(FRICTION)

    @property
    def is_coupling(self) -> bool:
        """True for the motion of a joint that is not controlled."""
        return self.cause.startswith(COUPLING)

    def on_worst_joint(self, chain: Chain) -> tuple[str, float]:
        """Return the joint that it loads most for the joint's strength, and its torque there."""
        worst = int(np.argmax(np.abs(self.torque) / chain.torque_limits))
        return chain.joints[worst], float(self.torque[worst])


def unexplained_forces(
    model: mujoco.MjModel, data: mujoco.MjData, chain: Chain
) -> list[UnexplainedForce]:
    """Compare MuJoCo's accelerations with the model's, and name what makes the difference.

    The model of the chain is ``M ddq + b + d dq = u``, with all other joints at rest. What MuJoCo
    has beyond that is found part by part; what no known part explains is named as such. Dry
    friction is among it, which controllers know and cancel as well as it can be.

    Args:
        model: Compiled model.
        data: Data of the model, after ``mj_forward``.
        chain: Controlled joints.
    """
    here = Readout(model, data, chain).dynamics()
    damping = model.dof_damping[chain.dof] * data.qvel[chain.dof]
    missing = here.mass_matrix @ data.qacc[chain.dof] + here.bias_force + damping
    missing -= np.clip(data.ctrl[chain.motors], -chain.torque_limits, chain.torque_limits)
    found = {UNKNOWN: missing}
    for cause, force in (*_constraints(model, data, chain), *_smooth(model, data, chain)):
        found[cause] = found.get(cause, 0.0) + force
        found[UNKNOWN] = found[UNKNOWN] - force
    to_hand = here.jacobian @ np.linalg.inv(here.mass_matrix)
    return [
        UnexplainedForce(cause, torque, to_hand @ torque)
        for cause, torque in found.items()
        if np.abs(torque).max() > TINY
    ]


def _constraints(
    model: mujoco.MjModel, data: mujoco.MjData, chain: Chain
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the cause of every constraint that is active, and its force on the chain."""
    rows = list(zip(data.efc_type.tolist(), data.efc_id.tolist(), strict=True))
    for kind, number in dict.fromkeys(rows):
        chosen = (data.efc_type == kind) & (data.efc_id == number)
        force = np.zeros(model.nv)
        mujoco.mj_mulJacTVec(model, data, force, np.where(chosen, data.efc_force, 0.0))
        yield _constraint(model, data, Cnstr(kind), number), force[chain.dof]


def _constraint(
    model: mujoco.MjModel, data: mujoco.MjData, kind: mujoco.mjtConstraint, number: int
) -> str:
    if kind == Cnstr.mjCNSTR_EQUALITY:
        return describe_equality(model, number)
    if kind == Cnstr.mjCNSTR_FRICTION_DOF:
        return f"{FRICTION} {describe(model, Obj.mjOBJ_JOINT, model.dof_jntid[number])}"
    if kind == Cnstr.mjCNSTR_LIMIT_JOINT:
        return f"limit of joint {describe(model, Obj.mjOBJ_JOINT, number)}"
    if kind in (Cnstr.mjCNSTR_FRICTION_TENDON, Cnstr.mjCNSTR_LIMIT_TENDON):
        title = "limit" if kind == Cnstr.mjCNSTR_LIMIT_TENDON else "friction"
        return f"{title} of tendon {describe(model, Obj.mjOBJ_TENDON, number)}"
    return describe_contact(model, data.contact[number])


def _smooth(
    model: mujoco.MjModel, data: mujoco.MjData, chain: Chain
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what else acts on the chain: other actuators, other damping, other joints' motion."""
    moment = actuator_moments(model, data)[:, chain.dof]
    for actuator in range(model.nactuator):
        first, n = model.actuator_outadr[actuator], model.actuator_outnum[actuator]
        if model.actuator_ctrladr[actuator] not in chain.motors:
            force = moment[first : first + n].T @ data.actuator_force[first : first + n]
            yield f"pull of actuator {describe(model, Obj.mjOBJ_ACTUATOR, actuator)}", force
    known = model.dof_damping * data.qvel
    yield "damping that is not linear, or a tendon's", (data.qfrc_damper + known)[chain.dof]
    inertia = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, inertia)
    for dof in np.setdiff1d(np.arange(model.nv), chain.dof):
        joint = describe(model, Obj.mjOBJ_JOINT, model.dof_jntid[dof])
        yield f"{COUPLING} {joint}", -inertia[chain.dof, dof] * data.qacc[dof]


def actuator_moments(model: mujoco.MjModel, data: mujoco.MjData) -> np.ndarray:
    """Return the moment arms of actuators about all joints, shape (n_outputs, nv)."""
    moment = np.zeros((model.nout, model.nv))
    mujoco.mju_sparse2dense(
        moment, data.actuator_moment, data.moment_rownnz, data.moment_rowadr, data.moment_colind
    )
    return moment
