"""What a plant has that its controller was not told of."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from spikearm.arm_models import Arm, RigidBodyModel, SpikearmError
from spikearm.experiments.tasks.centre_out import forward_axis, frontal_plane

# Shadmehr and Mussa-Ivaldi (1994), eq. 1: force on the hand per velocity of the hand, in the two
# directions of its plane [N s/m]. It pushes the hand on along one diagonal and holds it back along
# the other.
CURVED_FIELD = np.array([[-10.1, -11.2], [-11.2, 11.1]])

# Of the torque limits. A choice: the dry friction that MuJoCo Menagerie identified on the FR3 is
# 1.3 to 6.4 % of its limits (arm_models/mjcf/fr3.xml).
FRICTION = 0.05


@dataclass(frozen=True)
class Perturbation:
    """What is unknown of the plant.

    Attributes:
        payload: Mass of a ball that is fixed to the hand [kg].
        payload_offset: Its centre in the hand's frame [m].
        friction: Dry friction of every joint beyond what the arm's file has, as a share of the
            joint's torque limit.
        force_field: Strength of Shadmehr and Mussa-Ivaldi's (1994) force field, of theirs. Their
            two directions are left and up of the arm, in the plane of the circle's targets.
        gravity_known: Whether controllers know gravity. The plant has it in any case.
    """

    payload: float = 0.0
    payload_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    friction: float = 0.0
    force_field: float = 0.0
    gravity_known: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.payload < np.inf:
            raise SpikearmError(
                f"A payload cannot weigh {self.payload} kg: give a mass of 0 kg or more."
            )
        if len(self.payload_offset) != 3 or not np.isfinite(self.payload_offset).all():
            raise SpikearmError(
                f"A payload cannot be at {self.payload_offset}: give 3 finite numbers, in metres "
                "from the hand."
            )
        if not 0 <= self.friction < 1:
            raise SpikearmError(
                f"Friction of {self.friction} times the torque limits lets no joint move: give a "
                "share from 0 to below 1."
            )
        if not np.isfinite(self.force_field):
            raise SpikearmError(
                f"A force field cannot be {self.force_field} times that of Shadmehr and "
                "Mussa-Ivaldi: give a finite number, 0 for none."
            )

    @property
    def label(self) -> str:
        """Say in a few words what is unknown."""
        place = " off centre" if any(self.payload_offset) else ""
        strength = "" if self.force_field == 1 else f" x {self.force_field:g}"
        parts = {
            f"{self.payload:g} kg{place}": self.payload > 0,
            f"friction {100 * self.friction:g} %": self.friction > 0,
            f"force field{strength}": self.force_field != 0,
            "gravity": not self.gravity_known,
        }
        return ", ".join(part for part, is_there in parts.items() if is_there) or "none"

    def known_model(self, arm: Arm) -> RigidBodyModel:
        """Give what controllers know of the arm."""
        return arm.model if self.gravity_known else arm.model.without_gravity()

    def apply(self, arm: Arm) -> None:
        """Give all of it to the plant, in place of what an earlier one gave it."""
        arm.attach_payload(self.payload, self.payload_offset)
        added = self.friction * arm.chain.torque_limits
        arm.set_friction(arm.model.friction + added if self.friction else None)
        plane = frontal_plane(forward_axis(arm.model))
        arm.set_force_field(self.force_field * plane.T @ CURVED_FIELD @ plane)


PerturbationName = Literal[
    "none", "payload-0.5", "payload-1", "payload-2", "payload-2-off-centre", "friction",
    "force-field", "gravity",
]  # fmt: skip

PERTURBATIONS: dict[PerturbationName, Perturbation] = {
    "none": Perturbation(),
    "payload-0.5": Perturbation(payload=0.5),
    "payload-1": Perturbation(payload=1.0),
    "payload-2": Perturbation(payload=2.0),
    "payload-2-off-centre": Perturbation(payload=2.0, payload_offset=(0.05, 0.0, 0.0)),
    "friction": Perturbation(friction=FRICTION),
    "force-field": Perturbation(force_field=1.0),
    "gravity": Perturbation(gravity_known=False),
}
"""Perturbations by the names that the command line has for them."""
