"""Firmness: what a law at some gains bears is known from its inertia."""

from dataclasses import replace

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import task_inertia
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.perturbations.plant import MASSES
from spikearm.experiments.studies.firmness.measurement import FirmnessPlan, firm_gains
from spikearm.experiments.studies.firmness.table import firmness_table
from spikearm.experiments.studies.robustness.summary import REACHED
from spikearm.experiments.tasks.centre_out import CentreOut

KP = 500.0


def test_gains_of_any_stiffness_are_damped_alike():
    for kp in (100.0, 350.0):
        gains = firm_gains(kp)
        assert (gains.kp, gains.ko) == (kp, kp)
        assert gains.kv / np.sqrt(kp) == pytest.approx(Gains().kv / np.sqrt(Gains().kp))
    assert firm_gains(Gains.kp) == Gains()


def test_a_payload_is_borne_until_it_sags_as_far_as_a_target_may_be_missed():
    arm = load_arm("gen3")
    task = CentreOut(targets=1, radius=0.05, duration=0.4, speed_limits=False)
    setup = ControllerSetup(arm.model)
    plan = FirmnessPlan(
        arm, task, ChosenController("analytic"), setup, perturbations=("payload",), jobs=1
    )
    point = plan.measure(KP, 0.0)
    # J^T L kp e = J^T f at rest, so that the hand sags by e = L^-1 f / kp.
    inertia = task_inertia(arm.model.dynamics(arm.chain.home))[0]
    force = np.array([0.0, 0.0, 9.81, 0.0, 0.0, 0.0])
    sag = np.linalg.norm(np.linalg.solve(inertia, force)[:3]) / KP  # m per kilogram
    borne = max(mass for mass in MASSES if mass * sag < REACHED)
    assert 0.0 < borne < max(MASSES)
    assert point.borne == {"payload": borne}
    assert point.metrics["fidelity_rmse_m"] == 0.0
    lost = replace(point, kp=800.0, metrics=dict.fromkeys(point.metrics))
    cells = list(firmness_table([point, lost]).columns[3].cells)
    assert cells == ["0.000", "lost"]
