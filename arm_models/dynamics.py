"""Rigid-body quantities that a control law needs, at one state of the arm."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import mujoco
import numpy as np

from spikearm.arm_models.chain import Chain
from spikearm.arm_models.describe import describe_contact
from spikearm.arm_models.state import ArmState, Pose

SITE = int(mujoco.mjtObj.mjOBJ_SITE)
LINEAR_FIRST = np.array([3, 4, 5, 0, 1, 2])  # MuJoCo puts the angular velocity first


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Rigid-body quantities of the chain in ``M ddq + b = u``.

    Attributes:
        hand: Pose of the end effector.
        jacobian: Hand velocity per joint velocity, linear rows first, shape (6, n_joints).
        bias_acceleration: ``dJ/dt dq``, the hand acceleration at zero joint
            acceleration, shape (6,) [m/s^2, rad/s^2].
        mass_matrix: Joint-space inertia, armature included, shape (n_joints, n_joints) [kg m^2].
        bias_force: Torque that cancels gravity, Coriolis and centrifugal force, springs and the
            drag of a fluid, less what the model's gravity compensation cancels,
            shape (n_joints,) [N m].
    """

    hand: Pose
    jacobian: np.ndarray
    bias_acceleration: np.ndarray
    mass_matrix: np.ndarray
    bias_force: np.ndarray


class Readout:
    """Reader of a chain's state and dynamics in MuJoCo's data.

    What it gives are copies, which later steps leave alone. It holds the data's arrays, because
    asking MuJoCo for them takes long; data that is compiled anew needs a new one.

    Args:
        model: Compiled model.
        data: Data of the model.
        chain: Joints to read.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, chain: Chain) -> None:
        self._model = model
        self._data = data
        self._dof = span(chain.dof)
        is_run = isinstance(self._dof, slice)
        self._block = (self._dof, self._dof) if is_run else np.ix_(chain.dof, chain.dof)
        self._site = chain.site
        self._body = model.site_bodyid[chain.site]
        self._qvel = data.qvel
        self._hand_position = data.site_xpos[chain.site]
        self._hand_rotation = data.site_xmat[chain.site]
        self._twist = np.zeros(6)
        self._read_q = copier(data.qpos, chain.qpos)
        self._read_dq = copier(data.qvel, chain.dof)
        self._read_bias = copier(data.qfrc_bias, chain.dof)
        self._read_compensation = copier(data.qfrc_gravcomp, chain.dof)
        self._read_springs = copier(data.qfrc_spring, chain.dof)
        self._read_drag = copier(data.qfrc_fluid, chain.dof)

    def state(self) -> ArmState:
        """Read the state as ideal sensors would, hand velocity included."""
        mujoco.mj_objectVelocity(self._model, self._data, SITE, self._site, self._twist, 0)
        twist = self._twist.take(LINEAR_FIRST)
        return ArmState(self._data.time, self._read_q(), self._read_dq(), self._hand(), twist)

    def dynamics(self) -> Dynamics:
        """Read the dynamics; the data's position and velocity stages must be current."""
        model, data, nv = self._model, self._data, len(self._qvel)
        linear, angular = np.zeros((2, 3, nv))
        mujoco.mj_jacDot(model, data, linear, angular, self._hand_position, self._body)
        mass_matrix = np.zeros((nv, nv))
        mujoco.mj_fullM(model, data, mass_matrix)
        jacobian = np.zeros((6, nv))
        mujoco.mj_jacSite(model, data, jacobian[:3], jacobian[3:], self._site)
        return Dynamics(
            hand=self._hand(),
            jacobian=np.asfortranarray(jacobian[:, self._dof]),
            bias_acceleration=np.concatenate((linear.dot(self._qvel), angular.dot(self._qvel))),
            mass_matrix=np.ascontiguousarray(mass_matrix[self._block]),
            bias_force=self._bias_force(),
        )

    def _bias_force(self) -> np.ndarray:
        helping = self._read_compensation() + self._read_springs() + self._read_drag()
        return self._read_bias() - helping

    def _hand(self) -> Pose:
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, self._hand_rotation)
        return Pose(self._hand_position.copy(), quaternion)


def copier(values: np.ndarray, addresses: np.ndarray) -> Callable[[], np.ndarray]:
    """Build a function that copies the values at these addresses when it is called."""
    where = span(addresses)
    return values[where].copy if isinstance(where, slice) else partial(values.take, where)


def span(addresses: np.ndarray) -> slice | np.ndarray:
    """Return addresses that follow one another, as most arms' do, as a slice, which is faster."""
    first, n = int(addresses[0]), len(addresses)
    run = np.arange(first, first + n)
    return slice(first, first + n) if np.array_equal(addresses, run) else addresses


class RigidBodyModel:
    """Nominal dynamics of an arm at any state, as a controller knows them.

    It keeps its own copy of the model, so a payload or friction added to the
    simulated arm stays unknown to the controller.
    """

    def __init__(self, model: mujoco.MjModel, chain: Chain) -> None:
        self.chain = chain
        self._model = model
        self._data = mujoco.MjData(model)
        chain.rest.write(self._data)
        self._qpos, self._qvel = self._data.qpos, self._data.qvel
        self._joints, self._speeds = span(chain.qpos), span(chain.dof)
        self._readout = Readout(model, self._data, chain)

    @property
    def timestep(self) -> float:
        """Physics and control period [s]."""
        return self._model.opt.timestep

    @property
    def gravity(self) -> np.ndarray:
        """Acceleration of gravity, in the world frame, shape (3,) [m/s^2]."""
        return self._model.opt.gravity.copy()

    @property
    def base_position(self) -> np.ndarray:
        """Position of the first joint in the home pose, shape (3,) [m]."""
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

    @property
    def armature(self) -> np.ndarray:
        """Rotor inertia of the joints, shape (n_joints,) [kg m^2]."""
        return self._model.dof_armature[self.chain.dof]

    @property
    def moves_hand_alone(self) -> bool:
        """True if no other joint than those of the chain moves the hand."""
        model, body = self._model, self._model.site_bodyid[self.chain.site]
        while body:
            first = model.body_dofadr[body]
            if not set(range(first, first + model.body_dofnum[body])) <= set(self.chain.dof):
                return False
            body = model.body_parentid[body]
        return True

    def without_gravity(self) -> "RigidBodyModel":
        """Return the same model without gravity.

        Gravity that the file compensates is not there either: at rest no torque is needed.
        """
        model = copy.copy(self._model)
        model.opt.gravity[:] = 0.0
        return RigidBodyModel(model, self.chain)

    def with_home(self, home: np.ndarray) -> "RigidBodyModel":
        """Return the same model with another home pose.

        Args:
            home: Joint positions, shape (n_joints,) [rad].
        """
        qpos = self.chain.rest.qpos.copy()
        qpos[self.chain.qpos] = home
        rest = replace(self.chain.rest, qpos=qpos)
        return RigidBodyModel(self._model, replace(self.chain, home=home.copy(), rest=rest))

    def contacts(self, q: np.ndarray) -> list[str]:
        """List what touches something while the arm is in a pose, in words.

        Args:
            q: Joint positions, shape (n_joints,) [rad].
        """
        self.dynamics(q)
        contacts = self._data.contact
        touching = np.flatnonzero(contacts.dist < 0).tolist()
        return [describe_contact(self._model, contacts[number]) for number in touching]

    def dynamics(self, q: np.ndarray, dq: np.ndarray | None = None) -> Dynamics:
        """Evaluate the dynamics.

        Args:
            q: Joint positions, shape (n_joints,) [rad].
            dq: Joint velocities, shape (n_joints,) [rad/s]; at rest when left out, and
                the bias force is then gravity's alone.
        """
        self._qpos[self._joints] = q
        self._qvel[self._speeds] = 0.0 if dq is None else dq
        mujoco.mj_fwdPosition(self._model, self._data)
        mujoco.mj_fwdVelocity(self._model, self._data)
        return self._readout.dynamics()
