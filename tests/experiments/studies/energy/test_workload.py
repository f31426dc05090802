"""A counted reach, against the same reach on a simulation that records nothing."""

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.trajectory import COUNTED
from spikearm.controller.weights.shipped_folder import shipped_arms
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    drive_arm,
    loihi_controller,
    plan_drive,
)
from spikearm.experiments.studies.energy.workload import (
    CountedReach,
    drive_and_count,
)
from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.account import Work, loihi_energy
from spikearm.loihi_deploy.energy.chip_work import chip_work
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.loihi_deploy.pipeline import deploy
from spikearm.neural.counts import ChipWork

DRIVE = DriveConfig(radius=0.03, duration=0.12, feedforward="velocity", speed_limits=False)


SHIPPED = shipped_arms()


@pytest.fixture(scope="module")
def reach(trained: TrainedController) -> CountedReach:
    return drive_and_count(load_arm("gen3"), trained, DRIVE)


def test_counts_are_means_of_the_steps_in_which_the_arm_moves(reach, trained):
    arm = load_arm("gen3")
    start, motion = plan_drive(arm, DRIVE)
    with loihi_controller(arm.model, trained, DRIVE, EngineSimulation) as controller:
        controller.start(arm.reset(start))
        trajectory = follow(arm, controller, motion, DRIVE.duration, safety=at_any_speed(arm))
        footprint = controller.simulation.footprint
    assert reach.n_steps == 120
    assert reach.period == arm.timestep
    assert reach.counts.host_spikes > 1
    for name in COUNTED:
        expected = float(np.mean(getattr(trajectory, name)))
        assert getattr(reach.counts, name) == pytest.approx(expected, rel=1e-12), name
    assert reach.footprint == footprint


def test_a_hold_is_the_second_that_begins_half_a_second_after_the_motion(reach, trained):
    arm = load_arm("gen3")
    start, motion = plan_drive(arm, DRIVE)
    with loihi_controller(arm.model, trained, DRIVE, EngineSimulation) as controller:
        controller.start(arm.reset(start))
        whole = follow(arm, controller, motion, DRIVE.duration + 1.5, safety=at_any_speed(arm))
    held = ChipWork(*whole.chip_work[-1000:].mean(axis=0))
    assert reach.holding.work.stored_events == pytest.approx(
        held.whole_events + held.indexed_events, rel=1e-3
    )
    assert reach.holding.time_mean == pytest.approx(held.time, rel=1e-3)
    assert reach.holding.host_messages < 0.8 * reach.chip.host_messages  # nothing moves
    assert reach.holding.work.neuron_updates == reach.chip.work.neuron_updates


def test_the_chip_is_asked_for_every_compartment_and_the_host_for_its_coders(reach):
    work, compartments = reach.chip.work, reach.footprint.compartments
    assert work.neuron_updates == compartments
    assert 0.5 * compartments < reach.changed <= compartments
    assert reach.counts.neuron_updates == compartments + reach.n_coders
    # Of the stored weights, a few are zero, and are no events to the engine.
    assert 0.8 < reach.counts.synaptic_events / work.stored_events < 1
    assert work.stored_events < 19_600  # 40,217 with all zeros, on a whole reach
    assert sum(reach.cores_per_chip) == reach.footprint.cores


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_what_no_zeros_spare_in_a_reach_of_a_shipped_controller(name):
    arm, drive = load_arm(name), DriveConfig(speed_limits=False)
    with loihi_controller(arm.model, shipped(name), drive, RecordedSimulation) as controller:
        drive_arm(arm, controller, drive)
        simulation = controller.simulation
        assert isinstance(simulation, RecordedSimulation)
        found, activity = deploy(simulation), simulation.activity
    whole, stored = (work_in(one, activity) for one in (found.integers, found.stored))
    assert whole.stored_events > 2 * stored.stored_events
    assert stored.stored_events < 19_600
    before, after = loihi_energy(whole), loihi_energy(stored)
    assert before is not None
    assert after is not None
    assert after.least < 0.6 * before.least
    assert after.calibrated < 0.6 * before.calibrated
    assert found.placement.cores_per_chip == ({"fr3": 9}.get(name, 8),)


def work_in(blocks: IntegerBlocks, activity: Activity) -> Work:
    fan_out = FanOut.of(blocks, place(blocks))
    mean = ChipWork(*chip_work(fan_out, activity.fired).mean(axis=0))
    return Work.of_chip(mean, fan_out.n_compartments, 0.0)


def test_messages_are_fewer_than_spikes_times_cores_and_hops_follow_the_mesh(reach):
    spikes = reach.counts.spikes - reach.counts.host_spikes
    work = reach.chip.work
    assert work.spikes == pytest.approx(spikes)
    assert 0 < work.messages <= spikes * sum(reach.cores_per_chip)
    assert work.between_chips == 0
    assert work.east_west <= 7 * work.messages
    assert work.north_south <= 3 * work.messages
    assert reach.chip.host_messages >= reach.counts.host_spikes
