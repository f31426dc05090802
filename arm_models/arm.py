"""Torque-driven arm in MuJoCo, the plant."""

import copy
import math
from collections.abc import Mapping
from dataclasses import replace
from operator import le
from typing import Literal

import mujoco
import numpy as np

from spikearm.arm_models.chain import Chain
from spikearm.arm_models.dynamics import Dynamics, Readout, RigidBodyModel, copier, span
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loads.friction import JointFriction
from spikearm.arm_models.loads.hand_force import HandForce
from spikearm.arm_models.loads.payload import fix_payload
from spikearm.arm_models.mujoco_warnings import log_warnings
from spikearm.arm_models.names import free_name
from spikearm.arm_models.single_entry import SingleEntry
from spikearm.arm_models.state import ArmState, Pose
from spikearm.arm_models.unexplained import UnexplainedForce, unexplained_forces

Marker = Literal["target", "reference"]

# MuJoCo's warnings of positions, velocities and accelerations that are no numbers.
DIVERGED = slice(int(mujoco.mjtWarning.mjWARN_BADQPOS), int(mujoco.mjtWarning.mjWARN_BADQACC) + 1)

log_warnings()


class Arm:
    """Simulated arm that takes joint torques and returns its sensed state.

    Build one with :func:`spikearm.arm_models.load_arm`. One step is one period of control
    and of physics.

    Attributes:
        name: Name or path that the arm was loaded from.
        chain: Controlled joints and their limits.
        model: Nominal dynamics, as a controller may know them, without anything that is added to
            the plant later.
        saturated_steps: Steps since the reset in which each joint's torque was cut
            at its limit, shape (n_joints,).
    """

    def __init__(
        self, name: str, spec: mujoco.MjSpec, chain: Chain, markers: Mapping[Marker, str]
    ) -> None:
        self.name = name
        self.chain = chain
        self._spec = spec
        self._markers = markers
        self._payload = free_name(spec.body, "spikearm_payload")
        self._limits = chain.torque_limits.tolist()
        self._motors = span(chain.motors)
        model = spec.compile()
        self.model = RigidBodyModel(copy.copy(model), chain)
        self._simulate(model, mujoco.MjData(model))
        self._friction = self._own_friction = JointFriction.of(spec, chain.joints)
        self._braked = False
        self._entry = SingleEntry(f"Arm '{name}'")
        self._hand_force = HandForce()
        self.saturated_steps = np.zeros(chain.n_joints, dtype=int)
        self.reset()

    @property
    def timestep(self) -> float:
        """Period of control and physics [s]."""
        return self._model.opt.timestep

    @property
    def state(self) -> ArmState:
        """Sensed state at the present time."""
        return self._readout.state()

    @property
    def dynamics(self) -> Dynamics:
        """True dynamics of the plant at the present time, payload included."""
        return self._readout.dynamics()

    @property
    def applied_torque(self) -> np.ndarray:
        """Torque of the last step after saturation, shape (n_joints,) [N m]."""
        return self._read_torque()

    @property
    def scene(self) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """MuJoCo's own objects, for drawing; a payload or friction replaces them."""
        return self._model, self._data

    def copy_spec(self) -> mujoco.MjSpec:
        """Copy the source of the model without its markers, for a scene with more in it."""
        spec = self._spec.copy()
        for name in self._markers.values():
            spec.delete(spec.body(name))
        return spec

    @property
    def unexplained_forces(self) -> list[UnexplainedForce]:
        """Forces on the joints at the present time and torque that :attr:`model` lacks."""
        data = copy.copy(self._data)
        mujoco.mj_forward(self._model, data)
        return unexplained_forces(self._model, data, self.chain)

    @property
    def energy(self) -> tuple[float, float]:
        """Potential and kinetic energy of the whole model [J]."""
        mujoco.mj_energyPos(self._model, self._data)
        mujoco.mj_energyVel(self._model, self._data)
        return float(self._data.energy[0]), float(self._data.energy[1])

    def reset(self, q: np.ndarray | None = None, dq: np.ndarray | None = None) -> ArmState:
        """Reset the arm to rest in its home pose, or to a given state.

        Payload, friction and force field stay; an external force is taken away, and brakes are
        released.

        Args:
            q: Joint positions, shape (n_joints,) [rad]; home when left out.
            dq: Joint velocities, shape (n_joints,) [rad/s]; zero when left out.

        Raises:
            SpikearmError: They have another shape or are not finite.
        """
        q = self.chain.home if q is None else self._joint_values("Joint positions", q)
        dq = np.zeros_like(q) if dq is None else self._joint_values("Joint velocities", dq)
        if self._braked:
            self._rub(self._friction, braked=False)
        mujoco.mj_resetData(self._model, self._data)
        self.chain.rest.write(self._data)
        self._data.qpos[self.chain.qpos] = q
        self._data.qvel[self.chain.dof] = dq
        self._hand_force = replace(self._hand_force, wrench=np.zeros(6))
        self.saturated_steps = np.zeros(self.chain.n_joints, dtype=int)
        mujoco.mj_step1(self._model, self._data)
        return self.state

    def step(self, torque: np.ndarray) -> ArmState:
        """Apply joint torques for one period: :meth:`act`, :meth:`advance`, then sense.

        Args:
            torque: Joint torques, shape (n_joints,) [N m].

        Returns:
            The sensed state after the step.

        Raises:
            SpikearmError: The torque has another shape or is not finite, or the
                simulation diverged.
        """
        self.act(torque)
        self.advance()
        return self.state

    def act(self, torque: np.ndarray) -> None:
        """Set the joint torques that hold from now on.

        Args:
            torque: Joint torques, shape (n_joints,) [N m]. Beyond a joint's limit it is cut
                there, and ``saturated_steps`` counts it.

        Raises:
            SpikearmError: The torque has another shape or is not finite.
        """
        self._ctrl[self._motors] = self._saturate(torque)

    def advance(self) -> None:
        """Advance the simulation by one period.

        Raises:
            SpikearmError: The simulation diverged, or another thread advances it.
        """
        with self._entry:
            if self._hand_force.acts:
                self._hand_force.apply(self._model, self._data, self.chain.site)
            began = self._data.time
            mujoco.mj_step2(self._model, self._data)
            mujoco.mj_step1(self._model, self._data)
            self._check_simulation(began)

    def brake(self) -> None:
        """Switch the drives off and close the holding brakes of all joints, until the next reset.

        A brake is taken to hold as much as its joint's drive can give (an estimate: makers
        seldom publish it, and must hold the arm with its rated load): it is dry friction of the
        torque limit. The arm comes to rest within some steps of :meth:`advance`.
        """
        self._ctrl[self._motors] = 0.0
        self._rub(self._friction, braked=True)

    def place_marker(self, marker: Marker, pose: Pose) -> None:
        """Draw a pose in pictures, without an effect on the simulation.

        Args:
            marker: ``target``, where the hand should end up, or ``reference``, where it
                should be now.
            pose: Pose of the marker.
        """
        mocap = self._mocap(marker)
        self._data.mocap_pos[mocap] = pose.position
        self._data.mocap_quat[mocap] = pose.quaternion

    def marker_pose(self, marker: Marker) -> Pose:
        """Return where a marker is, which a person may have dragged in a window."""
        mocap = self._mocap(marker)
        return Pose(self._data.mocap_pos[mocap].copy(), self._data.mocap_quat[mocap].copy())

    def apply_force(self, wrench: np.ndarray) -> None:
        """Apply a constant force and torque to the hand, until the next call or reset.

        Args:
            wrench: Force, then torque, in the world frame, shape (6,) [N, N m].

        Raises:
            SpikearmError: The wrench has another shape or is not finite.
        """
        self._push_hand(replace(self._hand_force, wrench=wrench))

    def set_force_field(self, viscous: np.ndarray) -> None:
        """Apply the force ``f = B v`` to the hand in every step, until the next call.

        Args:
            viscous: ``B``, force per linear velocity of the hand, both in the world frame,
                shape (3, 3) [N s/m]; zero removes the field.

        Raises:
            SpikearmError: It has another shape or is not finite.
        """
        self._push_hand(replace(self._hand_force, viscous=viscous))

    def attach_payload(self, mass: float, offset: tuple[float, float, float] = (0, 0, 0)) -> None:
        """Attach a steel ball to the hand, in place of an earlier one; allowed during a run.

        Args:
            mass: Mass of the ball [kg]; 0 removes the payload.
            offset: Centre of the ball in the hand's frame, shape (3,) [m].

        Raises:
            SpikearmError: The mass is negative or not finite.
        """
        fix_payload(self._spec, self._model, self._payload, self.chain.site, mass, offset)
        self._recompile()

    def set_friction(self, friction: np.ndarray | float | None) -> None:
        """Set the dry friction of every joint; allowed during a run.

        Args:
            friction: Friction torque, shape (n_joints,) or one for all [N m]; None restores
                that of the arm's file.

        Raises:
            SpikearmError: A number is negative or missing.
        """
        own = self._own_friction
        self._rub(own if friction is None else own.holding(friction), self._braked)

    def _mocap(self, marker: Marker) -> int:
        return int(self._model.body(self._markers[marker]).mocapid[0])

    def _simulate(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        """Replace model and data, and keep references to the arrays that every step needs."""
        self._model, self._data = model, data
        self._readout = Readout(model, data, self.chain)
        self._read_torque = copier(data.ctrl, self.chain.motors)
        self._ctrl, self._applied_force = data.ctrl, data.qfrc_applied
        self._times_warned = data.warning.number[DIVERGED]

    def _recompile(self) -> None:
        self._simulate(*self._spec.recompile(self._model, self._data))
        mujoco.mj_step1(self._model, self._data)

    def _rub(self, friction: JointFriction, braked: bool) -> None:
        """Set the friction of all joints, with brakes open or closed."""
        self._friction, self._braked = friction, braked
        acting = friction.with_brakes(self.chain.torque_limits) if braked else friction
        acting.write(self._spec, self.chain.joints)
        self._recompile()

    def _saturate(self, torque: np.ndarray) -> np.ndarray:
        """Check joint torques and cut them at their limits."""
        torque, limits = np.asarray(torque, dtype=float), self.chain.torque_limits
        # What is no number is within no limits.
        if torque.shape == limits.shape and all(map(le, map(abs, torque.tolist()), self._limits)):
            return torque
        torque = self._joint_values("Torque", torque)
        self.saturated_steps += abs(torque) > limits
        return np.clip(torque, -limits, limits)

    def _push_hand(self, force: HandForce) -> None:
        self._hand_force = force
        self._applied_force[:] = 0.0

    def _joint_values(self, what: str, values: np.ndarray) -> np.ndarray:
        """Check one finite number per joint."""
        values = np.asarray(values, dtype=float)
        if values.shape != (self.chain.n_joints,):
            raise SpikearmError(
                f"{what}: shape {values.shape}, but arm '{self.name}' takes one number per "
                f"joint: ({self.chain.n_joints},)."
            )
        if not all(map(math.isfinite, values.tolist())):
            bad = [self.chain.joints[i] for i in np.flatnonzero(~np.isfinite(values))]
            raise SpikearmError(
                f"{what} of {', '.join(bad)} is not finite at {self._data.time:.3f} s, and the arm "
                "was not moved. Check the controller's gains and inputs."
            )
        return values

    def _check_simulation(self, began: float) -> None:
        if any(self._times_warned.tolist()):  # MuJoCo has set all back, the time too
            raise SpikearmError(
                f"The simulation of '{self.name}' diverged at {began:.3f} s. Lower "
                "the controller's gains, or give the joints armature (0.02 kg m^2 is usual)."
            )
