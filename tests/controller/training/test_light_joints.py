"""Joints that are too light for spikes: the estimate, against noise that is simulated."""

import numpy as np
import pytest
from six_joint_arm import SixJointArm

from spikearm.arm_models import load_arm
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.light_joints import FIRING_RATE, JointHold, estimate_holds

WORKSPACE = Workspace(0.1, 0.2)
N_NEURONS = 3000
KO, TAU = 200.0, 0.01


def holds(folder, **options) -> list[JointHold]:
    arm = load_arm(SixJointArm().write(folder), **options)
    return estimate_holds(arm.model, WORKSPACE, N_NEURONS)


def test_the_noise_is_that_of_filtered_spikes(tmp_path):
    # An independent simulation: the neurons' spikes together are a Poisson process, each adds a
    # quantum to a low-pass filter, and the noise is the deviation of what comes out.
    last = holds(tmp_path)[-1]
    rng, step, rate = np.random.default_rng(0), 1e-4, N_NEURONS * FIRING_RATE
    quantum = 2 * last.torque_range / rate
    filtered, values = last.torque_range, []
    for spikes in rng.poisson(rate * step, size=200_000):
        filtered += (spikes * quantum / step - filtered) * step / TAU
        values.append(filtered)
    noise = np.std(values[1000:])
    assert last.error == pytest.approx(noise / (last.inertia * KO), rel=0.05)


def test_the_inertia_is_that_of_a_joint_whose_neighbours_are_free(tmp_path):
    arm = load_arm(SixJointArm().write(tmp_path))
    torque = np.array([0, 0, 0, 0, 0, 1e-3])
    bias = arm.model.dynamics(arm.chain.home).bias_force
    arm.reset()
    acceleration = arm.step(bias + torque).dq[5] / arm.timestep
    expected = torque[5] / acceleration
    assert holds(tmp_path)[5].inertia == pytest.approx(expected, rel=0.02)


def test_only_a_joint_without_rotor_inertia_is_too_light(tmp_path):
    assert not any(hold.is_too_light for hold in holds(tmp_path))
    assert any(hold.is_too_light for hold in holds(tmp_path, armature=0.0))
    assert not any(hold.is_too_light for hold in holds(tmp_path, armature=0.02))


@pytest.mark.parametrize("name", ["gen3", "ur5e", "jaco2_7dof"])
def test_no_joint_of_a_shipped_arm_is_too_light(name):
    found = estimate_holds(load_arm(name).model, WORKSPACE, N_NEURONS)
    assert not any(hold.is_too_light for hold in found)
