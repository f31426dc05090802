"""Rigid-body dynamics of a chain of links in recursions, for counting operations.

A processor on a robot would compute so. The controllers take the same numbers from MuJoCo, which
supports any mechanism and needs more operations.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


@dataclass(frozen=True)
class Link:
    """Link that turns about its own z axis.

    Attributes:
        offset: Position of its joint in the frame of the link before, shape (3,) [m].
        rotation: Axes at joint angle 0 in that frame, shape (3, 3).
        mass: Mass [kg].
        center: Centre of mass in its own frame, shape (3,) [m].
        inertia: Inertia about the centre of mass, in its own frame, shape (3, 3) [kg m^2].
        armature: Inertia of the joint's rotor [kg m^2].
    """

    offset: Any
    rotation: Any
    mass: Any
    center: Any
    inertia: Any
    armature: Any


class ChainDynamics(NamedTuple):
    """Dynamics of a chain, as in :class:`spikearm.arm_models.Dynamics`."""

    jacobian: np.ndarray
    bias_acceleration: np.ndarray
    mass_matrix: np.ndarray
    bias_force: np.ndarray


class Moving(NamedTuple):
    """Frame, joint, centre of mass and motion of a link at one time, in world coordinates."""

    frame: Any
    joint: Any
    axis: Any
    center: Any
    inertia: Any
    spin: Any
    spin_change: Any
    acceleration: Any


def chain_dynamics(links: list[Link], tool: Any, gravity: Any, q: Any, dq: Any) -> ChainDynamics:
    """Compute the dynamics of a chain that a control law needs.

    Args:
        links: Links, from the base on.
        tool: Position of the end effector in the last link's frame, shape (3,) [m].
        gravity: Gravitational acceleration, shape (3,) [m/s^2].
        q: Joint positions, shape (n_joints,) [rad].
        dq: Joint velocities, shape (n_joints,) [rad/s].
    """
    moving = move(links, q, dq)
    last = moving[-1]
    arm = last.frame @ tool
    hand = last.joint + arm
    swing = np.cross(last.spin_change, arm) + np.cross(last.spin, np.cross(last.spin, arm))
    columns = [np.concatenate([np.cross(one.axis, hand - one.joint), one.axis]) for one in moving]
    return ChainDynamics(
        jacobian=np.stack(columns, axis=1),
        bias_acceleration=np.concatenate([last.acceleration + swing, last.spin_change]),
        mass_matrix=mass_matrix(links, moving),
        bias_force=bias_force(links, moving, gravity),
    )


def move(links: list[Link], q: Any, dq: Any) -> list[Moving]:
    """Compute frames and motions from the base outwards, with joints that keep their speed.

    Luh, Walker and Paul 1980, in world coordinates.
    """
    moving: list[Moving] = []
    frame, joint = np.eye(3), np.zeros(3)
    spin = spin_change = acceleration = np.zeros(3)
    for link, angle, speed in zip(links, q, dq, strict=True):
        step = frame @ link.offset
        acceleration = (
            acceleration + np.cross(spin_change, step) + np.cross(spin, np.cross(spin, step))
        )
        joint = joint + step
        frame = turned(frame @ link.rotation, angle)
        axis = frame[:, 2]
        turn = axis * speed
        spin_change = spin_change + np.cross(spin, turn)
        spin = spin + turn
        center, inertia = joint + frame @ link.center, frame @ link.inertia @ frame.T
        moving.append(Moving(frame, joint, axis, center, inertia, spin, spin_change, acceleration))
    return moving


def turned(frame: Any, angle: Any) -> Any:
    """Turn axes about their own z, shape (3, 3)."""
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y, z = frame.T
    return np.stack([cosine * x + sine * y, cosine * y - sine * x, z], axis=1)


def bias_force(links: list[Link], moving: list[Moving], gravity: Any) -> np.ndarray:
    """Sum forces and moments from the hand inwards (Luh, Walker and Paul 1980)."""
    force = moment = np.zeros(3)  # at the joint that comes next on the way in
    outer, torques = moving[-1].joint, []
    for link, one in zip(reversed(links), reversed(moving), strict=True):
        lever = one.center - one.joint
        fall = np.cross(one.spin_change, lever) + np.cross(one.spin, np.cross(one.spin, lever))
        own = link.mass * (one.acceleration + fall - gravity)
        turn = one.inertia @ one.spin_change + np.cross(one.spin, one.inertia @ one.spin)
        moment = moment + np.cross(outer - one.joint, force) + np.cross(lever, own) + turn
        force, outer = force + own, one.joint
        torques.append(one.axis @ moment)
    return np.stack(torques[::-1])


def mass_matrix(links: list[Link], moving: list[Moving]) -> np.ndarray:
    """Move composite bodies (Walker and Orin 1982), moments taken about the world's origin."""
    n = len(links)
    matrix: list[list[Any]] = [[None] * n for _ in range(n)]
    around = [np.cross(one.joint, one.axis) for one in moving]  # velocities at the origin
    mass, first, second = 0.0, np.zeros(3), np.zeros((3, 3))
    for j in reversed(range(n)):
        link, one = links[j], moving[j]
        moment = link.mass * one.center
        mass = link.mass + mass
        first = first + moment
        square = moment @ one.center
        second = second + one.inertia + square * np.eye(3) - np.outer(moment, one.center)
        force = mass * around[j] + np.cross(one.axis, first)
        couple = second @ one.axis + np.cross(first, around[j])
        for i in range(j + 1):
            matrix[i][j] = matrix[j][i] = moving[i].axis @ couple + around[i] @ force
        matrix[j][j] = matrix[j][j] + link.armature
    return np.stack([np.stack(row) for row in matrix])
