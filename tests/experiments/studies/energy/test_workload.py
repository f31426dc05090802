"""A counted reach, against the same reach on a simulation that records nothing."""

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.trajectory import COUNTED
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.trained import (
    SHIPPED_FOLDER,
    WEIGHTLESS,
    TrainedController,
    shipped,
)
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    drive_arm,
    loihi_controller,
    plan_drive,
)
from spikearm.experiments.studies.energy.workload import (
    CountedReach,
    chip_work,
    drive_and_count,
)
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.energy.account import network_account
from spikearm.loihi_deploy.energy.devices import DEVICES
from spikearm.loihi_deploy.pipeline import deploy

DRIVE = DriveConfig(radius=0.03, duration=0.12, feedforward="velocity", speed_limits=False)


SHIPPED = sorted({path.stem.removesuffix(WEIGHTLESS) for path in SHIPPED_FOLDER.iterdir()})


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


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_what_no_zeros_spare_in_a_reach_of_a_shipped_controller(name):
    arm, drive = load_arm(name), DriveConfig(speed_limits=False)
    with loihi_controller(shipped(name), drive, RecordedSimulation) as controller:
        drive_arm(arm, controller, drive)
        simulation = controller.simulation
        assert isinstance(simulation, RecordedSimulation)
        found, activity = deploy(simulation), simulation.activity
    whole, stored = (chip_work(one, activity, 0.0)[0] for one in (found.integers, found.stored))
    assert whole.synaptic_events > 2 * stored.synaptic_events
    assert stored.synaptic_events < 19_600
    before, after = (
        network_account(DEVICES["loihi"], "", one, period=0.0).dynamic for one in (whole, stored)
    )
    assert after < 0.6 * before
    assert found.placement.cores_per_chip == ({"fr3": 8}.get(name, 7),)


def test_messages_are_fewer_than_spikes_times_cores_and_hops_follow_the_mesh(reach):
    spikes = reach.counts.spikes - reach.counts.host_spikes
    traffic = reach.work.traffic
    assert 0 < traffic.spikes <= spikes * sum(reach.cores_per_chip)
    assert traffic.between_chips == 0
    assert traffic.east_west <= 7 * traffic.spikes
    assert traffic.north_south <= 3 * traffic.spikes
