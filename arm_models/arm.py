"""A torque-driven arm in MuJoCo: the plant."""

import copy
import math
from operator import le
from typing import Literal

import mujoco
import numpy as np

from arm_models.brakes import STIFF_FRICTION, Brakes
from arm_models.chain import Chain
from arm_models.dynamics import Dynamics, Readout, RigidBodyModel, copier, span
from arm_models.errors import SpikearmError
from arm_models.state import ArmState, Pose

Marker = Literal["target", "reference"]

PAYLOAD = "spikearm_payload"
PAYLOAD_DENSITY = 7800.0  # kg/m^3, steel: the size of the ball that is drawn and felt
# MuJoCo's warnings of positions, velocities and accelerations that are no numbers.
DIVERGED = slice(int(mujoco.mjtWarning.mjWARN_BADQPOS), int(mujoco.mjtWarning.mjWARN_BADQACC) + 1)


class Arm:
    """A simulated arm that takes joint torques and gives its sensed state.

    Build one with :func:`arm_models.load_arm`. One step is one period of control
    and of physics.

    Attributes:
        name: What the arm was loaded as.
        chain: The controlled joints and their limits.
        model: What a controller may know: the nominal dynamics, without anything
            added to the plant later.
        saturated_steps: Steps since the reset in which each joint's torque was cut
            at its limit, shape (n_joints,).
    """

    def __init__(self, name: str, spec: mujoco.MjSpec, chain: Chain) -> None:
        self.name = name
        self.chain = chain
        self._spec = spec
        self._brakes = Brakes(spec, chain)
        self._limits = chain.torque_limits.tolist()
        self._motors = span(chain.motors)
        model = spec.compile()
        self.model = RigidBodyModel(copy.copy(model), chain)
        self._simulate(model, mujoco.MjData(model))
        self._wrench: np.ndarray | None = None
        self.saturated_steps = np.zeros(chain.n_joints, dtype=int)
        self.reset()

    @property
    def timestep(self) -> float:
        """Period of control and physics [s]."""
        return self._model.opt.timestep

    @property
    def state(self) -> ArmState:
        """The sensed state now."""
        return self._readout.state()

    @property
    def dynamics(self) -> Dynamics:
        """The plant's true dynamics now, payload included."""
        return self._readout.dynamics()

    @property
    def applied_torque(self) -> np.ndarray:
        """Torque of the last step after saturation, shape (n_joints,) [N m]."""
        return self._read_torque()

    @property
    def scene(self) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """MuJoCo's own objects, for drawing; a payload or friction replaces them."""
        return self._model, self._data

    @property
    def energy(self) -> tuple[float, float]:
        """Potential and kinetic energy of the whole model [J]."""
        mujoco.mj_energyPos(self._model, self._data)
        mujoco.mj_energyVel(self._model, self._data)
        return float(self._data.energy[0]), float(self._data.energy[1])

    def reset(self, q: np.ndarray | None = None, dq: np.ndarray | None = None) -> ArmState:
        """Put the arm at rest in its home pose, or where it is told.

        Payload and friction stay; an external force is taken away, and brakes are released.

        Args:
            q: Joint positions, shape (n_joints,) [rad]; home when left out.
            dq: Joint velocities, shape (n_joints,) [rad/s]; zero when left out.

        Raises:
            SpikearmError: They have another shape or are not finite.
        """
        q = self.chain.home if q is None else self._joint_values("Joint positions", q)
        dq = np.zeros_like(q) if dq is None else self._joint_values("Joint velocities", dq)
        if self._brakes.closed:
            self._brakes.release()
            self._recompile()
        mujoco.mj_resetData(self._model, self._data)
        self._data.qpos[:] = self.chain.home_qpos
        self._data.qpos[self.chain.qpos] = q
        self._data.qvel[self.chain.dof] = dq
        self._wrench = None
        self.saturated_steps = np.zeros(self.chain.n_joints, dtype=int)
        mujoco.mj_step1(self._model, self._data)
        return self.state

    def step(self, torque: np.ndarray) -> ArmState:
        """Hold joint torques for one period: :meth:`act`, :meth:`advance`, then sense.

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
        """Let one period of physics pass.

        Raises:
            SpikearmError: The simulation diverged.
        """
        if self._wrench is not None:
            self._apply_wrench(self._wrench)
        mujoco.mj_step2(self._model, self._data)
        mujoco.mj_step1(self._model, self._data)
        self._check_simulation()

    def brake(self) -> None:
        """Switch the drives off and close the holding brakes of all joints, until the next reset.

        A brake is taken to hold as much as its joint's drive can give (an estimate: makers
        seldom publish it, and must hold the arm with its rated load): it is dry friction of the
        torque limit. The arm comes to rest within some steps of :meth:`advance`.
        """
        self._ctrl[self._motors] = 0.0
        self._brakes.close()
        self._recompile()

    def place_marker(self, marker: Marker, pose: Pose) -> None:
        """Show a pose in pictures; nothing feels it.

        Args:
            marker: ``target``, where the hand should end up, or ``reference``, where it
                should be now.
            pose: Where to draw it.
        """
        mocap = self._model.body(f"spikearm_{marker}").mocapid[0]
        self._data.mocap_pos[mocap] = pose.position
        self._data.mocap_quat[mocap] = pose.quaternion

    def apply_force(self, wrench: np.ndarray) -> None:
        """Apply a force and a torque to the hand until told otherwise or reset.

        Args:
            wrench: Force, then torque, in the world frame, shape (6,) [N, N m].

        Raises:
            SpikearmError: The wrench has another shape or is not finite.
        """
        wrench = np.asarray(wrench, dtype=float)
        if wrench.shape != (6,) or not np.isfinite(wrench).all():
            raise SpikearmError(
                f"Wrench {wrench} does not fit: give a force and a torque, 6 finite numbers."
            )
        self._wrench = wrench.copy() if wrench.any() else None
        self._applied_force[:] = 0.0

    def attach_payload(self, mass: float, offset: tuple[float, float, float] = (0, 0, 0)) -> None:
        """Fix a steel ball to the hand, in mid-run if need be; it replaces an earlier one.

        Args:
            mass: Mass of the ball [kg]; 0 takes the payload away.
            offset: Its centre in the hand's frame, shape (3,) [m].

        Raises:
            SpikearmError: The mass is negative or not finite.
        """
        if not 0 <= mass < np.inf:
            raise SpikearmError(f"A payload cannot weigh {mass} kg: give a mass of 0 kg or more.")
        if (old := self._spec.body(PAYLOAD)) is not None:
            self._spec.delete(old)
        if mass > 0:
            site = self.chain.site
            holder = self._spec.sites[site].parent
            # The compiled site, because the file may turn or nest it in many ways.
            frame = holder.add_frame(
                pos=self._model.site_pos[site], quat=self._model.site_quat[site]
            )
            body = holder.add_body(name=PAYLOAD, pos=offset)
            body.set_frame(frame)
            radius = (mass / PAYLOAD_DENSITY * 3 / (4 * np.pi)) ** (1 / 3)
            body.add_geom(
                type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[radius, 0, 0], mass=mass,
                contype=0, conaffinity=0, rgba=[0.75, 0.15, 0.15, 1],
            )  # fmt: skip
        self._recompile()

    def set_friction(self, friction: np.ndarray | float) -> None:
        """Give every joint dry friction, in mid-run if need be.

        Args:
            friction: Friction torque, shape (n_joints,) or one for all [N m].

        Raises:
            SpikearmError: A number is negative or missing.
        """
        losses = np.asarray(friction, dtype=float)
        if losses.shape not in ((), (self.chain.n_joints,)) or not (losses >= 0).all():
            raise SpikearmError(
                f"Friction {friction} N m does not fit: give one number of 0 N m or more, or one "
                f"for each of {self.chain.n_joints} joints."
            )
        braked = self._brakes.closed
        self._brakes.release()
        for name, loss in zip(
            self.chain.joints, np.broadcast_to(losses, self.chain.n_joints), strict=True
        ):
            joint = self._spec.joint(name)
            joint.frictionloss, joint.solimp_friction = loss, STIFF_FRICTION
        if braked:
            self._brakes.close()
        self._recompile()

    def _simulate(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        """Take this model and data, and hold the arrays that every step needs."""
        self._model, self._data = model, data
        self._readout = Readout(model, data, self.chain)
        self._read_torque = copier(data.ctrl, self.chain.motors)
        self._ctrl, self._applied_force = data.ctrl, data.qfrc_applied
        self._times_warned = data.warning.number[DIVERGED]

    def _recompile(self) -> None:
        self._simulate(*self._spec.recompile(self._model, self._data))
        mujoco.mj_step1(self._model, self._data)

    def _saturate(self, torque: np.ndarray) -> np.ndarray:
        """Check joint torques and cut them at their limits."""
        torque, limits = np.asarray(torque, dtype=float), self.chain.torque_limits
        # What is no number is within no limits.
        if torque.shape == limits.shape and all(map(le, map(abs, torque.tolist()), self._limits)):
            return torque
        torque = self._joint_values("Torque", torque)
        self.saturated_steps += abs(torque) > limits
        return np.clip(torque, -limits, limits)

    def _apply_wrench(self, wrench: np.ndarray) -> None:
        self._applied_force[:] = 0.0
        body = self._model.site_bodyid[self.chain.site]
        point = self._data.site_xpos[self.chain.site]
        mujoco.mj_applyFT(
            self._model, self._data, wrench[:3], wrench[3:], point, body, self._applied_force
        )

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

    def _check_simulation(self) -> None:
        if any(self._times_warned.tolist()):
            raise SpikearmError(
                f"The simulation of '{self.name}' diverged at {self._data.time:.3f} s. Lower "
                "the controller's gains, or give the joints armature (0.02 kg m^2 is usual)."
            )
