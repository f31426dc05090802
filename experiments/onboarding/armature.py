"""Proposal of rotor inertia for an arm with joints that are too light for spikes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.training.light_joints import JointHold, estimate_holds
from spikearm.experiments.tasks.benchmark_workspace import benchmark_workspace
from spikearm.experiments.training.training_config import TrainingConfig

# kg m^2. The first is that of the shipped arms whose makers publish none.
LADDER = (0.02, 0.05, 0.1)


@dataclass(frozen=True)
class ArmatureProposal:
    """Rotor inertia with which spikes hold every joint.

    A geared drive turns its rotor faster than the joint, by the gear's ratio, and the rotor's
    inertia counts at the joint with the square of it. A file that states none has a joint as light
    as its last link, which the noise of a torque from spikes throws about.

    Attributes:
        armature: Rotor inertia of each joint, one per joint [kg m^2].
        is_change: True if it is other than the arm's.
        before: Accuracy of each joint as the file has it.
        after: The same with the proposal.
    """

    armature: tuple[float, ...]
    is_change: bool
    before: Sequence[JointHold]
    after: Sequence[JointHold]

    @property
    def light(self) -> list[JointHold]:
        """Joints that are too light, as the file has them."""
        return [hold for hold in self.before if hold.is_too_light]

    def __str__(self) -> str:
        """Return the reason, in a sentence."""
        if not self.light:
            return "Every joint is heavy enough for the noise of spikes: its inertia stays."
        names = ", ".join(f"'{hold.joint}' by {_degrees(hold)} degrees" for hold in self.light)
        light = f"Too light for spikes, whose noise is expected to turn them: {names}."
        if not self.is_change:
            return f"{light} The rotor inertia that was given stays."
        then = {hold.joint: hold for hold in self.after}
        now = ", ".join(_degrees(then[hold.joint]) for hold in self.light)
        return (
            f"{light} Every joint gets a rotor inertia of at least {min(self.armature):g} kg m^2, "
            f"as geared drives have it: then {now} degrees. If you know the drives' own, give it."
        )


def propose_armature(
    arm: Arm,
    training: TrainingConfig,
    load: Callable[[tuple[float, ...]], Arm] | None,
) -> ArmatureProposal:
    """Propose the least rotor inertia of a ladder with which spikes hold every joint.

    Where one joint is too light, all joints get it: a file that leaves out the rotor of one drive
    leaves out those of all. A joint that has more keeps it.

    Args:
        arm: The arm, at its home pose.
        training: Size of the network that is to control it.
        load: Function that loads the same arm with other rotor inertias; None if those that it
            has are to stay.
    """
    layers = training.compression
    n_neurons = layers.n_features + layers.n_code + training.products

    def holds(arm: Arm) -> list[JointHold]:
        return estimate_holds(arm.model, benchmark_workspace(arm.model), n_neurons)

    before = holds(arm)
    own = arm.model.armature
    armature, after = tuple(own.tolist()), before
    if load is not None and any(hold.is_too_light for hold in before):
        for least in LADDER:
            armature = tuple(np.maximum(own, least).tolist())
            after = holds(load(armature))
            if not any(hold.is_too_light for hold in after):
                break
    return ArmatureProposal(armature, after is not before, before, after)


def _degrees(hold: JointHold) -> str:
    return f"{np.degrees(hold.error):.1f}"
