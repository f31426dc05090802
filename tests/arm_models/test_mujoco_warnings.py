"""Warnings of MuJoCo: log messages, and no file in the user's folder."""

import logging
from pathlib import Path

import mujoco
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm


def test_an_arm_that_diverges_leaves_no_file_in_the_user_s_folder(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG, "spikearm")
    arm = load_arm("gen3")
    arm.scene[1].qvel[:] = np.nan
    with pytest.raises(SpikearmError, match="diverged"):
        arm.advance()
    assert "unstable" in caplog.text
    assert list(Path().iterdir()) == []


def test_other_warnings_are_logged_as_such(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    model, data = load_arm("gen3").scene
    model.body_inertia[:] = 0.0
    model.body_mass[:] = 0.0
    model.dof_armature[:] = 0.0
    mujoco.mj_forward(model, data)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith("MuJoCo: Inertia matrix")
    assert list(Path().iterdir()) == []
