"""Remarks on a training: before it, on joints that spikes cannot hold; after it, a verdict."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.light_joints import JointHold, estimate_holds
from spikearm.experiments.console.console import console, errors
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.studies.benchmark.checks.verdict import Verdict
from spikearm.experiments.training.training_config import TrainingConfig

USUAL_ARMATURE = 0.02  # kg m^2, of the shipped arms whose makers publish none


def warn_of_light_joints(
    plant: ArmConfig, arm: Arm, workspace: Workspace, training: TrainingConfig
) -> None:
    """Print the joints that are too light to be held by spikes, and the effect of armature.

    Args:
        plant: Description of the arm.
        arm: The arm.
        workspace: Region that is trained for.
        training: Size of the network.
    """
    light = [hold for hold in _holds(arm, workspace, training) if hold.is_too_light]
    if not light:
        return
    heavier = replace(plant, armature=(USUAL_ARMATURE,)).load()
    then = {hold.joint: hold for hold in _holds(heavier, workspace, training)}
    names = ", ".join(f"'{hold.joint}' ({hold.inertia:.2g} kg m^2)" for hold in light)
    errors.print(
        f"Too light to be held by spikes: joint {names}. Noise of its torque is expected to turn "
        f"it by {_angles(light)} degrees. With --armature {USUAL_ARMATURE:g}, which is usual for "
        f"geared drives, it would be {_angles([then[hold.joint] for hold in light])}: if the arm "
        "has a gear there, give its rotor inertia.",
        style="yellow", soft_wrap=True, highlight=False,
    )  # fmt: skip


def print_verdict(verdict: Verdict) -> None:
    """Print what a trained controller can do, as a warning where it misses targets."""
    if verdict.is_good:
        console.print(f"Verdict: {verdict}", soft_wrap=True, highlight=False)
    else:
        errors.print(f"Verdict: {verdict}", style="yellow", soft_wrap=True, highlight=False)


def _holds(arm: Arm, workspace: Workspace, training: TrainingConfig) -> Sequence[JointHold]:
    layers = training.compression
    n_neurons = layers.n_features + layers.n_code + training.products
    try:
        return estimate_holds(arm.model, workspace, n_neurons)
    except SpikearmError:  # the training says it, in its own words
        return ()


def _angles(holds: Sequence[JointHold]) -> str:
    return ", ".join(f"{np.degrees(hold.error):.1f}" for hold in holds)
