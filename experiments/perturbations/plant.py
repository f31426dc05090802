"""Perturbations of the plant: payload, friction, force field, gravity."""

from functools import partial
from math import inf

import numpy as np

from spikearm.experiments.perturbations.loop_setup import Event, LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation
from spikearm.experiments.tasks.centre_out import forward_axis, frontal_plane

# Shadmehr and Mussa-Ivaldi (1994), eq. 1: force on the hand per velocity of the hand, in the two
# directions of its plane [N s/m]. It pushes the hand on along one diagonal and holds it back along
# the other. Their two directions are left and up of the arm, in the plane of the circle's targets.
CURVED_FIELD = np.array([[-10.1, -11.2], [-11.2, 11.1]])

MASSES = (0.25, 0.5, 1.0, 2.0)  # kg
MASS = 2.0  # kg
OFF_CENTRE = (0.05, 0.0, 0.0)  # m, in the hand's frame

# Of the torque limits. A choice: the dry friction that MuJoCo Menagerie identified on the FR3 is
# 1.3 to 6.4 % of its limits (arm_models/mjcf/fr3.xml).
FRICTION = 0.05
STUCK = 0.99  # of the torque limits; with more, no joint moves


def attach_payload(
    setup: LoopSetup, mass: float, seed: int, offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> LoopSetup:
    """Fix a steel ball to the hand, from the start.

    Args:
        setup: The closed loop.
        mass: Mass of the ball [kg].
        seed: Seed; nothing is drawn.
        offset: Its centre in the hand's frame, shape (3,) [m].
    """
    setup.arm.attach_payload(mass, offset)
    return setup.with_undo(partial(setup.arm.attach_payload, 0.0))


def attach_payload_midway(setup: LoopSetup, mass: float, seed: int) -> LoopSetup:
    """Fix a steel ball to the hand from the middle of the way out to that of the way back."""
    attach, detach = (partial(setup.arm.attach_payload, one) for one in (mass, 0.0))
    appears, goes = setup.halfway
    changes = Event(0.0, detach), Event(appears, attach), Event(goes, detach)
    return setup.with_events(*changes).with_undo(detach)


def add_friction(setup: LoopSetup, share: float, seed: int) -> LoopSetup:
    """Add dry friction to what the arm's file has, as a share of the torque limits."""
    arm = setup.arm
    arm.set_friction(arm.model.friction + share * arm.chain.torque_limits)
    return setup.with_undo(partial(arm.set_friction, None))


def add_force_field(setup: LoopSetup, strength: float, seed: int) -> LoopSetup:
    """Push the hand with a multiple of Shadmehr and Mussa-Ivaldi's (1994) force field."""
    plane = frontal_plane(forward_axis(setup.arm.model))
    setup.arm.set_force_field(strength * plane.T @ CURVED_FIELD @ plane)
    return setup.with_undo(partial(setup.arm.set_force_field, np.zeros((3, 3))))


def leave(setup: LoopSetup, strength: float, seed: int) -> LoopSetup:
    """Return the closed loop as it is."""
    return setup


PAYLOAD = Perturbation("payload", "kg", MASSES, MASS, attach_payload)
PAYLOAD_OFF_CENTRE = Perturbation(
    "payload off centre", "kg", MASSES, MASS, partial(attach_payload, offset=OFF_CENTRE)
)
PAYLOAD_MIDWAY = Perturbation("payload for a while", "kg", MASSES, MASS, attach_payload_midway)
DRY_FRICTION = Perturbation(
    "friction", "%", (0.01, 0.02, 0.05, 0.1, 0.2), FRICTION, add_friction,
    factor=1e2, allowed=(0.0, STUCK),
)  # fmt: skip
FORCE_FIELD = Perturbation(
    "force field", "x", (0.25, 0.5, 1.0, 2.0, 4.0), 1.0, add_force_field, allowed=(-inf, inf)
)
# A trained network bears the weight of the arm or none at all: nothing between is known.
UNKNOWN_GRAVITY = Perturbation(
    "unknown gravity", "g", (1.0,), 1.0, leave, allowed=(1.0, 1.0), gravity_known=False
)
