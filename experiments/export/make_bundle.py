"""Export of a trained controller as a bundle."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import Scaling
from spikearm.experiments.export.bundle import Bundle
from spikearm.experiments.export.chip_arrays import read_chip
from spikearm.experiments.export.host_interface import (
    OutputDecoding,
    excess_rule,
    read_inputs,
    read_outputs,
)
from spikearm.experiments.export.recorded_reach import Recorder, record_reach


def make_bundle(
    arm: Arm,
    weights: NetworkWeights,
    motion: MinimumJerk,
    start: np.ndarray,
    n_steps: int,
    about: Mapping[str, Any],
) -> Bundle:
    """Build a controller for the chip, with its saturation backup, and export it with a reach.

    Args:
        arm: Arm that the controller was trained for.
        weights: Weights of its network.
        motion: Reach.
        start: Joint positions to start from, shape (n_joints,) [rad].
        n_steps: Number of recorded steps.
        about: Origin of the controller.

    Raises:
        SpikearmError: A bundle cannot hold the network.
    """
    backup = SaturationBackup.of_arm(arm.model, weights, "loihi")
    with SpikingController(weights, Recorder, "loihi", backup=backup) as controller:
        recorder = controller.simulation
        assert isinstance(recorder, Recorder)
        model, network = recorder.simulation.model, recorder.network
        image = read_chip(model)
        return Bundle(
            about=about,
            dt=model.dt,
            **image._asdict(),
            scaling=weights.scaling,
            inputs=read_inputs(model, network),
            excess=excess_rule(),
            outputs=_added_up(read_outputs(model, network), weights.scaling),
            run=record_reach(arm, controller, motion, start, n_steps),
        )


def _added_up(outputs: OutputDecoding, scaling: Scaling) -> OutputDecoding:
    """Add the torques of the backup [N m] to the scaled torques of the controller's neurons."""
    scaled, backup = np.split(outputs.decoder, 2)
    return replace(outputs, decoder=scaled + backup / scaling.torque[:, None])
