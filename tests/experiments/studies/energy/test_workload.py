"""A counted reach, against the same reach on a simulation that records nothing."""

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.trajectory import COUNTED
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.trained import TrainedController
from spikearm.experiments.studies.deployment.drive import DriveConfig, plan_drive
from spikearm.experiments.studies.energy.workload import CountedReach, drive_and_count
from spikearm.loihi_deploy.backends.engine import EngineSimulation

DRIVE = DriveConfig(radius=0.03, duration=0.12, feedforward="velocity", speed_limits=False)


@pytest.fixture(scope="module")
def reach(trained: TrainedController) -> CountedReach:
    return drive_and_count(load_arm("gen3"), trained, DRIVE)


def test_counts_are_means_of_the_steps_in_which_the_arm_moves(reach, trained):
    arm = load_arm("gen3")
    start, motion = plan_drive(arm, DRIVE)
    with SpikingController(
        trained.weights, EngineSimulation, "loihi", feedforward="velocity"
    ) as controller:
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


def test_the_chip_is_asked_for_every_compartment_and_the_host_for_its_coders(reach):
    work, compartments = reach.work, reach.footprint.compartments
    assert work.active_updates + work.inactive_updates == pytest.approx(compartments)
    assert work.active_updates > 0.5 * compartments
    assert reach.counts.neuron_updates == compartments + reach.n_coders
    # Of the stored weights, a few are zero, and are no events to the engine.
    assert 0.8 < reach.counts.synaptic_events / work.synaptic_events < 1
    assert work.synaptic_events < 19_600  # 40,217 with all zeros, on a whole reach
    assert sum(reach.cores_per_chip) == reach.footprint.cores


def test_messages_are_fewer_than_spikes_times_cores_and_hops_follow_the_mesh(reach):
    spikes = reach.counts.spikes - reach.counts.host_spikes
    traffic = reach.work.traffic
    assert 0 < traffic.spikes <= spikes * sum(reach.cores_per_chip)
    assert traffic.between_chips == 0
    assert traffic.east_west <= 7 * traffic.spikes
    assert traffic.north_south <= 3 * traffic.spikes
