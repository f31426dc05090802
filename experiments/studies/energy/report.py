"""Energy of a reach: on the chip, on standard hardware, and for the analytic controller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spikearm.arm_models import Arm
from spikearm.controller.classical.command import Feedforward, task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.references.reference import Reference
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.studies.benchmark.neurobench import neurobench_metrics
from spikearm.experiments.studies.deployment.drive import DriveConfig
from spikearm.experiments.studies.energy.analytic_operations import analytic_operations
from spikearm.experiments.studies.energy.comparison import HARD, PUBLISHED, Comparison, Way
from spikearm.experiments.studies.energy.comparison_costs import ComparisonCost, comparison_costs
from spikearm.experiments.studies.energy.dense_network import DenseNetwork
from spikearm.experiments.studies.energy.host_operations import host_operations
from spikearm.experiments.studies.energy.jobs import (
    ARM,
    CALIBRATED,
    CPU,
    DENSE,
    GPU,
    HOST,
    LAW,
    LEAN,
    LOIHI,
    POLYNOMIAL,
    SOFTWARE,
    SPIKES,
    STANDARD,
)
from spikearm.experiments.studies.energy.lean_law import lean_operations
from spikearm.experiments.studies.energy.sharing import Sharing
from spikearm.experiments.studies.energy.workload import CountedReach, drive_and_count
from spikearm.loihi_deploy.energy.account import (
    BARE,
    THIS_MACHINE,
    Account,
    LoihiEnergy,
    Work,
    arithmetic_account,
    bare_account,
    measured_account,
    network_account,
)
from spikearm.loihi_deploy.energy.devices import DEVICES
from spikearm.loihi_deploy.energy.devices import LOIHI as LOIHI_LISTS
from spikearm.loihi_deploy.energy.operations import Operations
from spikearm.loihi_deploy.energy.rapl import (
    POWERCAP,
    EnergyMeter,
    Measurement,
    UnreadableMeterError,
    measure,
)
from spikearm.loihi_deploy.limits import CORES


@dataclass(frozen=True)
class EnergyReport:
    """Energy of a controller, counted, priced and measured.

    Attributes:
        reach: Counts of the reach.
        all_weights: Work of a step in which all weights are multiplied, without spikes.
        metrics: NeuroBench's metrics.
        operations: Operations of a step: of the analytic controller, by its parts, and of the host.
        costs: Costs of the comparison controllers, by their names, which are jobs too.
        accounts: Accounts by device and job.
        measurements: Measurements on this machine, by job.
        not_measured: Reason why there are no measurements; empty where there are.
    """

    reach: CountedReach
    all_weights: Work
    metrics: dict[str, float]
    operations: dict[str, Operations]
    costs: dict[str, ComparisonCost]
    accounts: tuple[Account, ...]
    measurements: dict[str, Measurement]
    not_measured: str

    def account(self, device: str, job: str) -> Account:
        """Find the account of a device for a job."""
        return next(one for one in self.accounts if (one.device, one.job) == (device, job))

    @property
    def dynamic(self) -> LoihiEnergy:
        """Dynamic energy of the network on Loihi, per step."""
        return LoihiEnergy(*(self.account(name, SPIKES).dynamic for name in (LOIHI, CALIBRATED)))

    @property
    def static(self) -> float:
        """Energy of the leakage of the chips in use, per step [J]."""
        static = self.account(LOIHI, SPIKES).static
        assert static is not None
        return static

    @property
    def sharing(self) -> Sharing:
        """A chip shared by several arms; by one, where the network takes more than a chip."""
        cores, chips = sum(self.reach.cores_per_chip), len(self.reach.cores_per_chip)
        return Sharing(self.dynamic, self.static, max(1, int(chips * CORES.most // cores)))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Comparisons of the chip with all others, as papers state them and the hard way."""
        chip = self.dynamic
        total = LoihiEnergy(*(one + self.static for one in chip))
        beside = self.account(ARM, HOST).dynamic
        hosted = LoihiEnergy(*(one + beside for one in chip))
        measured = [THIS_MACHINE] if self.measurements else []
        return (
            *(
                self._compare(PUBLISHED, device, DENSE, "dynamic", chip)
                for device in (CPU, *measured, GPU, ARM)
            ),
            self._compare(PUBLISHED, CPU, SPIKES, "dynamic", chip),
            *(
                self._compare(HARD, device, LAW, "dynamic and static", total)
                for device in (CPU, *measured, ARM)
            ),
            *(
                self._compare(HARD, ARM, job, "dynamic and static", total)
                for job in (LEAN, POLYNOMIAL)
            ),
            *(
                self._compare(HARD, ARM, job, "dynamic, and its host on an ARM", hosted)
                for job in (LAW, LEAN, POLYNOMIAL)
            ),
            self._compare(HARD, ARM, LAW, "dynamic", chip),
            self._compare(HARD, BARE, LEAN, "dynamic", chip),
        )

    def _compare(
        self, way: Way, device: str, job: str, chip: str, energy: LoihiEnergy
    ) -> Comparison:
        other = self.account(device, job).dynamic
        return Comparison(way, f"{job}, on {device}", chip, other, energy)


def energy_report(
    arm: Arm,
    trained: TrainedController,
    drive: DriveConfig,
    powercap: Path = POWERCAP,
    seconds: float = 2.0,
) -> EnergyReport:
    """Drive an arm through a reach in the chip's arithmetic, and build the accounts.

    Args:
        arm: Arm, the plant.
        trained: Trained controller that drives it.
        drive: Reach.
        powercap: Folder of the kernel's energy counters.
        seconds: Time to idle, and to work, for each measurement [s].

    Raises:
        SpikearmError: The arm does not reach the target.
    """
    reach = drive_and_count(arm, trained, drive)
    dense = DenseNetwork(trained.weights, arm.timestep)
    all_weights = Work(synaptic_events=dense.multiply_adds, neuron_updates=dense.n_neurons)
    operations = analytic_operations(arm.model, arm.state, reach.midway, drive.feedforward)
    law = sum(operations.values(), Operations())
    gains = Gains()
    command = task_command(arm.state, reach.midway, gains, drive.feedforward)
    lean = operations["dynamics"] + operations["command"]
    lean += lean_operations(arm.model, arm.state, command, gains)
    costs = {
        name: replace(cost, operations=cost.operations + operations["command"])
        for name, cost in comparison_costs(arm.model, trained.weights).items()
    }
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
        *arithmetic_accounts(LEAN, lean),
        *(
            account
            for name, cost in costs.items()
            for account in arithmetic_accounts(name, cost.operations)
        ),
        *arithmetic_accounts(HOST, host),
        *(measured_account(job, one, reach.period) for job, one in measurements.items()),
    )
    metrics = neurobench_metrics(reach.counts, reach.footprint)
    return EnergyReport(
        reach, all_weights, metrics,
        operations | {"lean, in all": lean, "host": host},
        costs, accounts, measurements, not_measured,
    )  # fmt: skip


def measure_steps(
    steps: Mapping[str, Callable[[], object]], powercap: Path, seconds: float
) -> tuple[dict[str, Measurement], str]:
    """Measure a step of each job with this machine's meter, or return the reason against it."""
    try:
        meter = EnergyMeter.find(powercap)
        return {job: measure(step, meter, seconds) for job, step in steps.items()}, ""
    except UnreadableMeterError as error:
        return {}, str(error)


def network_accounts(reach: CountedReach, all_weights: Work) -> list[Account]:
    """Build the accounts of the network: spikes alone, and all weights in every step.

    Loihi reads the zeros of rows that are stored whole; programs need not, on SpiNNaker either.
    """
    chips = len(reach.cores_per_chip)
    jobs = [(name, SPIKES, reach.chip.work, chips) for name in LOIHI_LISTS]
    jobs += [(name, SPIKES, reach.software_work, 1) for name in SOFTWARE]
    jobs += [(name, DENSE, all_weights, 1) for name in STANDARD]
    return [
        network_account(DEVICES[name], job, work, reach.period, n) for name, job, work, n in jobs
    ]


def arithmetic_accounts(job: str, operations: Operations) -> list[Account]:
    """Build the accounts of arithmetic on every processor, and in 45 nm alone."""
    processors = [arithmetic_account(DEVICES[name], job, operations) for name in STANDARD]
    return [*processors, bare_account(job, operations)]


def network_step(
    arm: Arm, trained: TrainedController, dense: DenseNetwork
) -> Callable[[], np.ndarray]:
    """Build a function that computes the network's step at the arm's state, for a meter."""
    scaling, state = trained.weights.scaling, arm.state
    inputs = np.zeros(len(scaling.center))
    scaling.write(inputs, state.q, state.dq, np.zeros(6))
    return lambda: dense.step(inputs)


def law_step(arm: Arm, reference: Reference, feedforward: Feedforward) -> Callable[[], np.ndarray]:
    """Build a function that computes the analytic controller's step, for a meter."""
    law, state = OperationalSpaceController(arm.model, feedforward=feedforward), arm.state
    return lambda: law.torque(state, reference)
