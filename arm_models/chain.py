"""Controlled joints of a MuJoCo model, by address, and their limits."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.home_state import HomeState


@dataclass(frozen=True)
class Chain:
    """The joints from the base to the end effector.

    A model may hold more than the arm (fingers, free objects, a second arm), so
    everything is indexed by these addresses and never by ``[:n]``.

    Attributes:
        joints: Joint names from base to hand.
        qpos: Addresses of the joints in ``MjData.qpos``, shape (n_joints,).
        dof: Addresses of the joints in ``MjData.qvel``, shape (n_joints,).
        motors: Addresses of the torque motors in ``MjData.ctrl``, shape (n_joints,).
        site: Id of the end effector's site.
        lower, upper: Joint limits, infinite where unlimited, shape (n_joints,) [rad or m].
        torque_limits: Largest torque of either sign, shape (n_joints,) [N m or N].
        velocity_limits: Largest speed of either sign, shape (n_joints,) [rad/s or m/s].
        estimated_velocities: Names of the joints whose velocity limit is an estimate.
        home: Joint positions of the home pose, shape (n_joints,) [rad or m].
        rest: State of the whole model in the home pose.
    """

    joints: tuple[str, ...]
    qpos: np.ndarray
    dof: np.ndarray
    motors: np.ndarray
    site: int
    lower: np.ndarray
    upper: np.ndarray
    torque_limits: np.ndarray
    velocity_limits: np.ndarray
    estimated_velocities: tuple[str, ...]
    home: np.ndarray
    rest: HomeState

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def n_joints(self) -> int:
        """Number of controlled joints."""
        return len(self.joints)

    def clip(self, q: np.ndarray) -> np.ndarray:
        """Move joint positions, shape (n_joints,) [rad], inside the joint limits."""
        return np.clip(q, self.lower, self.upper)
