"""The rigid-body quantities that a control law needs, at one state of the arm."""

from dataclasses import dataclass

import mujoco
import numpy as np

from arm_models.chain import Chain
from arm_models.state import ArmState, Pose

SITE = int(mujoco.mjtObj.mjOBJ_SITE)
LINEAR_FIRST = np.array([3, 4, 5, 0, 1, 2])  # of MuJoCo's velocities, which are angular first


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Rigid-body quantities of the chain in ``M ddq + b = u``.

    Attributes:
        hand: Pose of the end effector.
        jacobian: Hand velocity per joint velocity, linear rows first, shape (6, n_joints).
        bias_acceleration: ``dJ/dt dq``, the hand acceleration at zero joint
            acceleration, shape (6,) [m/s^2, rad/s^2].
        mass_matrix: Joint-space inertia, armature included, shape (n_joints, n_joints) [kg m^2].
        bias_force: Torque that cancels gravity, Coriolis and centrifugal force,
            less what the model's gravity compensation cancels, shape (n_joints,) [N m].
    """

    hand: Pose
    jacobian: np.ndarray
    bias_acceleration: np.ndarray
    mass_matrix: np.ndarray
    bias_force: np.ndarray


def read_dynamics(model: mujoco.MjModel, data: mujoco.MjData, chain: Chain) -> Dynamics:
    """Read the chain's dynamics from data whose position and velocity stages are current."""
    body = model.site_bodyid[chain.site]
    linear, angular = np.zeros((2, 3, model.nv))
    mujoco.mj_jacDot(model, data, linear, angular, data.site_xpos[chain.site], body)
    bias_acceleration = np.concatenate([linear @ data.qvel, angular @ data.qvel])
    mass_matrix = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, mass_matrix)
    jacobian = np.zeros((6, model.nv))
    mujoco.mj_jacSite(model, data, jacobian[:3], jacobian[3:], chain.site)
    return Dynamics(
        hand=read_hand(data, chain),
        jacobian=jacobian[:, chain.dof],
        bias_acceleration=bias_acceleration,
        mass_matrix=mass_matrix[np.ix_(chain.dof, chain.dof)],
        bias_force=data.qfrc_bias[chain.dof] - data.qfrc_gravcomp[chain.dof],
    )


def read_hand(data: mujoco.MjData, chain: Chain) -> Pose:
    """Read the end effector's pose."""
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, data.site_xmat[chain.site])
    return Pose(data.site_xpos[chain.site].copy(), quaternion)


def read_state(model: mujoco.MjModel, data: mujoco.MjData, chain: Chain) -> ArmState:
    """Read what sensors would give, hand velocity included."""
    return ArmState(
        time=data.time,
        q=data.qpos[chain.qpos],
        dq=data.qvel[chain.dof],
        hand=read_hand(data, chain),
        hand_velocity=read_hand_velocity(model, data, chain),
    )


def read_hand_velocity(model: mujoco.MjModel, data: mujoco.MjData, chain: Chain) -> np.ndarray:
    """Read the end effector's linear, then angular velocity in the world, shape (6,)."""
    velocity = np.zeros(6)
    mujoco.mj_objectVelocity(model, data, SITE, chain.site, velocity, 0)
    return velocity[LINEAR_FIRST]


class RigidBodyModel:
    """What a controller knows of an arm: its dynamics at any state, nothing of the plant.

    It keeps its own copy of the model, so a payload or friction added to the
    simulated arm stays unknown to the controller.
    """

    def __init__(self, model: mujoco.MjModel, chain: Chain) -> None:
        self.chain = chain
        self._model = model
        self._data = mujoco.MjData(model)
        self._data.qpos[:] = chain.home_qpos

    @property
    def timestep(self) -> float:
        """Physics and control period [s]."""
        return self._model.opt.timestep

    @property
    def base_position(self) -> np.ndarray:
        """Where the first joint is in the home pose, shape (3,) [m]."""
        self.dynamics(self.chain.home)
        return self._data.xanchor[self._model.dof_jntid[self.chain.dof[0]]].copy()

    @property
    def mass(self) -> float:
        """Mass of everything that the first joint moves [kg]."""
        first = self._model.dof_bodyid[self.chain.dof[0]]
        return float(self._model.body_subtreemass[first])

    @property
    def damping(self) -> np.ndarray:
        """Viscous joint friction, shape (n_joints,) [N m s/rad]."""
        return self._model.dof_damping[self.chain.dof]

    @property
    def friction(self) -> np.ndarray:
        """Dry joint friction, shape (n_joints,) [N m]."""
        return self._model.dof_frictionloss[self.chain.dof]

    def dynamics(self, q: np.ndarray, dq: np.ndarray | None = None) -> Dynamics:
        """Evaluate the dynamics.

        Args:
            q: Joint positions, shape (n_joints,) [rad].
            dq: Joint velocities, shape (n_joints,) [rad/s]; at rest when left out, and
                the bias force is then gravity's alone.
        """
        model, data = self._model, self._data
        data.qpos[self.chain.qpos] = q
        data.qvel[self.chain.dof] = 0.0 if dq is None else dq
        mujoco.mj_fwdPosition(model, data)
        mujoco.mj_fwdVelocity(model, data)
        return read_dynamics(model, data, self.chain)
