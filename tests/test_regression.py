"""Trajectories against tests/references, which tests/oracles/make_references.py wrote."""

import functools
from pathlib import Path

import numpy as np
import pytest
from regression import ReferenceTrajectory, read_reference, record_reference

from spikearm.arm_models import ARMS
from spikearm.controller.weights.shipped_folder import shipped_arms
from spikearm.experiments.records.stack import stack

FOLDER = Path(__file__).parent / "references"
record = functools.cache(record_reference)
SEVEN = [name for name in ARMS if not name.startswith("planar")]
SHIPPED = shipped_arms()

# On another stack, rounding moves the analytic controller by far less than this. It makes the
# spiking network another sample of the same noise, single spikes a step sooner or later: the hand
# goes elsewhere, but as far from the path of the analytic controller as before.
TOLERANCE = 1e-6  # m
SPREAD = 0.25  # of the fidelity


def check(arm: str, stage: str) -> None:
    reference = read_reference(FOLDER / f"{arm}-{stage}.parquet")
    now = record(arm, stage)
    law = read_reference(FOLDER / f"{arm}-analytic.parquet")
    if stage == "analytic":
        assert np.linalg.norm(now.hand_position - law.hand_position, axis=1).max() <= TOLERANCE
    else:
        assert fidelity(now, law) == pytest.approx(fidelity(reference, law), rel=SPREAD)
    if reference.stack == stack():
        np.testing.assert_array_equal(now.q, reference.q)
        np.testing.assert_array_equal(now.torque, reference.torque)


def fidelity(motion: ReferenceTrajectory, law: ReferenceTrajectory) -> float:
    """Return the root mean square distance between two hand paths [m]."""
    return float(np.sqrt(np.mean(np.sum((motion.hand_position - law.hand_position) ** 2, axis=1))))


@pytest.mark.parametrize("arm", SEVEN)
def test_the_analytic_controller_moves_every_arm_as_it_did(arm):
    check(arm, "analytic")


def test_the_spiking_controller_on_the_engine_moves_gen3_as_it_did():
    check("gen3", "loihi")


@pytest.mark.slow
@pytest.mark.parametrize("arm", [name for name in SHIPPED if name != "gen3"])
def test_the_spiking_controller_on_the_engine_moves_every_arm_as_it_did(arm):
    check(arm, "loihi")


@pytest.mark.slow
@pytest.mark.parametrize("arm", SHIPPED)
def test_on_nengo_loihi_s_emulator_it_moves_an_arm_as_on_the_engine_to_the_last_bit(arm):
    ours, theirs = record(arm, "loihi"), record(arm, "loihi", "emulator")
    assert np.ptp(ours.q, axis=0).max() > 0.1
    assert ours.stack == theirs.stack
    for name in ("q", "torque", "hand_position"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
