"""What a reach costs: on the chip, on standard hardware, and for the analytic controller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.trained import TrainedController
from spikearm.experiments.studies.benchmark.neurobench import neurobench_metrics
from spikearm.experiments.studies.deployment.deployment import DriveConfig
from spikearm.experiments.studies.energy.analytic_operations import analytic_operations
from spikearm.experiments.studies.energy.dense_network import DenseNetwork
from spikearm.experiments.studies.energy.host_operations import host_operations
from spikearm.experiments.studies.energy.workload import CountedReach, drive_and_count
from spikearm.loihi_deploy.energy.account import (
    BARE,
    THIS_MACHINE,
    Account,
    Work,
    arithmetic_account,
    bare_account,
    measured_account,
    network_account,
)
from spikearm.loihi_deploy.energy.devices import DEVICES
from spikearm.loihi_deploy.energy.operations import Operations
from spikearm.loihi_deploy.energy.rapl import (
    POWERCAP,
    EnergyMeter,
    Measurement,
    UnreadableMeterError,
    measure,
)

SPIKES, DENSE = "network, spikes alone", "network, all weights"
LAW, HOST = "analytic controller", "host of the network"
STANDARD = ("cpu", "gpu", "arm")
SOFTWARE = ("spinnaker", "spinnaker2", *STANDARD)
LOIHI, CPU, GPU, ARM = (DEVICES[name].title for name in ("loihi", "cpu", "gpu", "arm"))

Way = Literal["as papers state it", "the hard way"]
PUBLISHED: Way = "as papers state it"
HARD: Way = "the hard way"


@dataclass(frozen=True)
class Comparison:
    """One way to compare the chip with something else.

    Attributes:
        way: How papers state it, or the hard way.
        other: What is compared with.
        chip: What of the chip is counted.
        other_energy: Dynamic, per step [J].
        chip_energy: Per step [J].
    """

    way: Way
    other: str
    chip: str
    other_energy: float
    chip_energy: float

    @property
    def ratio(self) -> float:
        """How many times less the chip takes; below 1, it takes more."""
        return self.other_energy / self.chip_energy


@dataclass(frozen=True)
class EnergyReport:
    """What was found out.

    Attributes:
        reach: What was counted.
        all_weights: What the network asks for without spikes.
        metrics: NeuroBench's.
        operations: Of a step: of the analytic controller, by its parts, and of the host.
        accounts: Energy by device and job.
        measurements: What this machine's meter showed, by job.
        not_measured: Why there are no measurements; empty where there are.
    """

    reach: CountedReach
    all_weights: Work
    metrics: dict[str, float]
    operations: dict[str, Operations]
    accounts: tuple[Account, ...]
    measurements: dict[str, Measurement]
    not_measured: str

    def account(self, device: str, job: str) -> Account:
        """Find the account of a device for a job."""
        return next(one for one in self.accounts if (one.device, one.job) == (device, job))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The chip beside everything else, where it flatters and where it does not."""
        chip = self.account(LOIHI, SPIKES)
        hosted = chip.dynamic + self.account(ARM, HOST).dynamic
        measured = [THIS_MACHINE] if self.measurements else []
        return (
            *(
                self._compare(PUBLISHED, device, DENSE, "dynamic", chip.dynamic)
                for device in (CPU, *measured, GPU, ARM)
            ),
            self._compare(PUBLISHED, CPU, SPIKES, "dynamic", chip.dynamic),
            *(
                self._compare(HARD, device, LAW, "dynamic and static", chip.total)
                for device in (CPU, *measured, ARM)
            ),
            self._compare(HARD, ARM, LAW, "dynamic", chip.dynamic),
            self._compare(HARD, ARM, LAW, "dynamic, and its host on an ARM", hosted),
            self._compare(HARD, BARE, LAW, "dynamic", chip.dynamic),
        )

    def _compare(self, way: Way, device: str, job: str, chip: str, energy: float) -> Comparison:
        other = self.account(device, job).dynamic
        return Comparison(way, f"{job}, on {device}", chip, other, energy)


def energy_report(
    arm: Arm,
    trained: TrainedController,
    drive: DriveConfig,
    powercap: Path = POWERCAP,
    seconds: float = 2.0,
) -> EnergyReport:
    """Drive an arm through a reach in the chip's arithmetic, and account for it.

    Args:
        arm: The plant.
        trained: What drives it.
        drive: The reach.
        powercap: Where the kernel shows this machine's energy meter.
        seconds: How long to idle and to work for each measurement.

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    reach = drive_and_count(arm, trained, drive)
    dense = DenseNetwork(trained.weights, arm.timestep)
    all_weights = Work(synaptic_events=dense.multiply_adds, active_updates=dense.n_neurons)
    operations = analytic_operations(arm.model, arm.state, reach.midway, drive.feedforward)
    law = sum(operations.values(), Operations())
    decoded = reach.counts.spikes - reach.counts.host_spikes
    host = host_operations(arm.chain.n_joints, reach.n_coders, decoded)
    steps = {
        DENSE: network_step(arm, trained, dense),
        LAW: law_step(arm, reach.midway, drive.feedforward),
    }
    measurements, not_measured = measure_steps(steps, powercap, seconds)
    accounts = (
        *network_accounts(reach, all_weights),
        *arithmetic_accounts(LAW, law),
        *arithmetic_accounts(HOST, host),
        *(measured_account(job, one, reach.period) for job, one in measurements.items()),
    )
    metrics = neurobench_metrics(reach.counts, reach.footprint)
    return EnergyReport(
        reach, all_weights, metrics, operations | {"host": host}, accounts, measurements,
        not_measured,
    )  # fmt: skip


def measure_steps(
    steps: Mapping[str, Callable[[], object]], powercap: Path, seconds: float
) -> tuple[dict[str, Measurement], str]:
    """Measure a step of each job with this machine's meter; or say why that cannot be done."""
    try:
        meter = EnergyMeter.find(powercap)
        return {job: measure(step, meter, seconds) for job, step in steps.items()}, ""
    except UnreadableMeterError as error:
        return {}, str(error)


def network_accounts(reach: CountedReach, all_weights: Work) -> list[Account]:
    """Account for the network: spikes alone, and all weights in every step.

    Loihi goes over stored weights of zero, too; programs need not, on SpiNNaker either.
    """
    chips = len(reach.cores_per_chip)
    jobs = [("loihi", SPIKES, reach.work, chips)]
    jobs += [(name, SPIKES, reach.software_work, 1) for name in SOFTWARE]
    jobs += [(name, DENSE, all_weights, 1) for name in STANDARD]
    return [
        network_account(DEVICES[name], job, work, reach.period, n) for name, job, work, n in jobs
    ]


def arithmetic_accounts(job: str, operations: Operations) -> list[Account]:
    """Account for plain arithmetic on every processor, and for itself alone."""
    processors = [arithmetic_account(DEVICES[name], job, operations) for name in STANDARD]
    return [*processors, bare_account(job, operations)]


def network_step(
    arm: Arm, trained: TrainedController, dense: DenseNetwork
) -> Callable[[], np.ndarray]:
    """Give a step of the network where the arm is, for a meter."""
    scaling, state = trained.weights.scaling, arm.state
    inputs = np.zeros(len(scaling.center))
    scaling.write(inputs, state.q, state.dq, np.zeros(6))
    return lambda: dense.step(inputs)


def law_step(arm: Arm, reference: Reference, feedforward: Feedforward) -> Callable[[], np.ndarray]:
    """Give a step of the analytic controller where the arm is, for a meter."""
    law, state = OperationalSpaceController(arm.model, feedforward=feedforward), arm.state
    return lambda: law.torque(state, reference)
