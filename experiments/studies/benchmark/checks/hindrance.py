"""Hindrance of a control law along a motion: forces that its model lacks, or torque limits."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Arm, ArmState, UnexplainedForce
from spikearm.controller.references.reference import Reference

FELT = 0.01  # of a joint's torque limit; smaller forces are not named
PERIOD = 10  # control steps between two looks at the forces


@dataclass(frozen=True)
class Moment:
    """A force at one time of a motion.

    Attributes:
        force: The force.
        time: Time of the motion [s].
        load: Its largest joint torque relative to the joint's limit [1].
    """

    force: UnexplainedForce
    time: float
    load: float


class Hindrance:
    """Observer of a motion that keeps the largest force that the arm's model lacks.

    Args:
        arm: Arm that is moved.
    """

    def __init__(self, arm: Arm) -> None:
        self._arm = arm
        self._steps = 0
        self._largest: dict[bool, Moment] = {}

    def observe(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Look at the forces of a control step, now and then."""
        self._steps += 1
        if self._steps % PERIOD:
            return
        for force in arm.unexplained_forces:
            load = float((np.abs(force.torque) / arm.chain.torque_limits).max())
            known = self._largest.get(force.is_dry_friction)
            if known is None or load > known.load:
                self._largest[force.is_dry_friction] = Moment(force, state.time, load)

    @property
    def description(self) -> str | None:
        """Sentence on what hinders the law most, or None if nothing was found."""
        force, friction = self._largest.get(False), self._largest.get(True)
        if force is not None and force.load >= FELT:
            return (
                f"The file of '{self._arm.name}' holds something that its model lacks: "
                f"{self._describe(force)}. Take it out of the file, or move the task away from it."
            )
        cut = self._arm.saturated_steps
        if cut.any():
            worst = int(np.argmax(cut))
            return (
                f"The torque of joint '{self._arm.chain.joints[worst]}' was cut at its limit, "
                f"{self._arm.chain.torque_limits[worst]:g} N m, in {cut[worst]} of {self._steps} "
                "steps. Give larger torque limits, a longer duration, or targets that are nearer."
            )
        if friction is not None and friction.load >= FELT:
            return (
                "Its compensation of dry friction, along the wanted motion, does not suffice: "
                f"{self._describe(friction)}. Give the file less friction, or larger gains."
            )
        return None

    def _describe(self, moment: Moment) -> str:
        joint, torque = moment.force.on_worst_joint(self._arm.chain)
        return (
            f"the {moment.force.cause} acts on joint '{joint}' with {torque:.3g} N m at "
            f"{moment.time:.2f} s"
        )
