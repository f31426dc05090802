"""Arithmetic of the weights: readouts that are learned from the files of one training."""

import numpy as np
import pytest

from spikearm.arm_models import Pose, load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.studies.ablations.arithmetic import ARITHMETICS, ArithmeticStudy
from spikearm.experiments.training.training_config import TrainingConfig


def test_files_come_from_the_training_first_and_what_is_there_stays(tmp_path):
    trained, folder = tmp_path / "trained", tmp_path / "rescale"
    for place, names in ((trained, ("samples",)), (folder / "A", ("samples", "compression"))):
        place.mkdir(parents=True)
        for name in (*names, "readout-loihi"):
            (place / f"{name}.npz").write_text(f"{name} of {place.name}")
    study = ArithmeticStudy(load_arm("gen3"), TrainingConfig(), trained, folder)
    for place in (folder / "A", folder / "B"):
        study.share_files(place)
    assert {path.name: path.read_text() for path in (folder / "B").iterdir()} == {
        "samples.npz": "samples of trained",
        "compression.npz": "compression of A",
    }
    assert (folder / "A" / "samples.npz").read_text() == "samples of A"


@pytest.mark.parametrize("arithmetic", ARITHMETICS, ids=lambda one: one.name)
def test_what_ships_is_driven_in_every_arithmetic_and_only_integers_are_a_chip_s_work(arithmetic):
    arm = load_arm("gen3")
    home = arm.model.dynamics(arm.chain.home).hand
    there = Pose(home.position + np.array([0.0, 0.0, 0.01]), home.quaternion)
    motion = MinimumJerk(home, there, 0.4)
    weights = shipped("gen3").weights
    with SpikingController(weights, arithmetic.chip, "loihi") as controller:
        controller.start(arm.reset())
        path = follow(arm, controller, motion, 0.5)
    assert np.linalg.norm(path.hand_position[-1] - there.position) < 2e-3
    assert (path.chip_work.sum() > 0) == (arithmetic.name != "floating point")
