"""From a trained controller to a bundle."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from arm_models import Arm
from controller.network_weights import NetworkWeights
from controller.reference import MinimumJerk
from controller.spiking import SpikingController
from loihi_deploy.border import read_inputs, read_outputs
from loihi_deploy.bundle import Bundle
from loihi_deploy.chip_image import read_chip
from loihi_deploy.reference_run import Recorder, record_reach


def make_bundle(
    arm: Arm,
    weights: NetworkWeights,
    motion: MinimumJerk,
    start: np.ndarray,
    n_steps: int,
    about: Mapping[str, Any],
) -> Bundle:
    """Build a controller for the chip, let it begin a reach, and put both together.

    Args:
        arm: What it was trained for.
        weights: All numbers of its network.
        motion: The reach.
        start: Joint positions that it begins from, shape (n_joints,) [rad].
        n_steps: How many steps of it are recorded.
        about: Where it came from.

    Raises:
        SpikearmError: The network does what a bundle cannot hold.
    """
    with SpikingController(weights, Recorder, "loihi") as controller:
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
            outputs=read_outputs(model, network),
            run=record_reach(arm, controller, motion, start, n_steps),
        )
