"""The controllers that ship: small, for the arms of their names, with what they measured."""

import subprocess
import sys

import numpy as np
import pytest

from arm_models import load_arm
from controller.trained import SHIPPED_FOLDER, shipped

SHIPPED = ("fr3", "gen3", "iiwa14", "jaco2_7dof", "panda", "ur5e")
LARGEST_FILE = 5e6  # bytes
STAGES = ("rate", "spiking", "loihi")


def test_these_arms_have_one():
    assert sorted(path.stem for path in SHIPPED_FOLDER.iterdir()) == sorted(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_small_and_fits_its_arm(name):
    assert (SHIPPED_FOLDER / f"{name}.npz").stat().st_size <= LARGEST_FILE
    trained, arm = shipped(name), load_arm(name)
    n = arm.chain.n_joints
    assert trained.about["joints"] == list(arm.chain.joints)
    assert trained.weights.posture.shape[1] == 2 * n
    for stage in STAGES:
        assert trained.weights.readout[stage].shape == (n, sum(trained.weights.layers))
    for array in trained.weights.arrays().values():
        assert np.isfinite(array).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_it_says_how_it_was_trained_and_what_it_measured(name):
    about = shipped(name).about
    assert about["arm"] == name
    assert about["training"]["seed"] == 0
    assert about["training"]["compression"]["epochs"] >= 50
    assert about["versions"]["nengo"]
    assert about["trained_with"]["tensorflow"]
    measured = {(row["reference"], row["stage"]): row for row in about["measured"]}
    assert set(measured) >= {(r, s) for r in ("acceleration", "velocity") for s in STAGES}
    assert {row["success_rate"] for row in about["measured"]} == {1.0}
    assert measured["velocity", "loihi"]["fidelity_rmse_m"] > 0


def test_nothing_that_trains_is_loaded_with_it():
    program = (
        "import sys; from controller.trained import shipped; shipped('gen3');"
        "sys.exit(bool({'tensorflow', 'nengo_dl', 'tf_keras'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
