"""The controllers that ship: small, for the arms of their names, with what they measured."""

import subprocess
import sys

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.weights.shipped_folder import WEIGHTLESS, shipped_file, shipped_names
from spikearm.controller.weights.trained import TrainedController, shipped

SHIPPED = ("fr3", "gen3", "iiwa14", "jaco2_7dof", "panda", "ur5e")
LIGHT = ("gen3",)
FILES = {
    **{arm: (arm, True) for arm in SHIPPED},
    **{arm + WEIGHTLESS: (arm, False) for arm in LIGHT},
}
LARGEST_FILE = 5e6  # bytes
STAGES = ("rate", "spiking", "loihi")


@pytest.fixture(params=FILES)
def name(request) -> str:
    return request.param


@pytest.fixture
def trained(name) -> TrainedController:
    return shipped(*FILES[name])


def test_these_arms_have_one():
    assert shipped_names() == sorted(FILES)


def test_it_is_small_and_fits_its_arm(name, trained):
    assert shipped_file(name).stat().st_size <= LARGEST_FILE
    arm = load_arm(FILES[name][0])
    n = arm.chain.n_joints
    assert trained.about["joints"] == list(arm.chain.joints)
    assert trained.weights.posture.shape[1] == 2 * n
    for stage in STAGES:
        assert trained.weights.readout[stage].shape == (n, sum(trained.weights.layers))
    for array in trained.weights.arrays().values():
        assert np.isfinite(array).all()


def test_it_says_how_it_was_trained_and_what_it_measured(name, trained):
    about = trained.about
    assert (about["arm"], trained.knows_gravity) == FILES[name]
    assert about["training"]["seed"] == 0
    training, compression = about["training"], about["training"]["compression"]
    n_samples = training["reaches"] * training["spread"]["per_reach"]
    assert compression["epochs"] * n_samples >= 2_000_000
    assert about["versions"]["nengo"]
    assert about["trained_with"]["tensorflow"]
    measured = {(row["feedforward"], row["controller"]): row for row in about["measured"]}
    assert set(measured) >= {(r, s) for r in ("acceleration", "velocity") for s in STAGES}
    assert {row["success_rate"] for row in about["measured"]} == {1.0}
    assert measured["velocity", "loihi"]["fidelity_rmse_m"] > 0


def test_nothing_that_trains_is_loaded_with_it():
    program = (
        "import sys; from spikearm.controller.weights.trained import shipped; shipped('gen3');"
        "sys.exit(bool({'tensorflow', 'nengo_dl', 'tf_keras'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
