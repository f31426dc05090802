"""``spikearm energy``: what a reach costs on a chip and elsewhere."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spikearm.arm_models import Arm, SpikearmError
from spikearm.experiments.console.console import console, print_all
from spikearm.experiments.energy_units import energy
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.options.find_trained import find_trained
from spikearm.experiments.records.atomic_file import append_line
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.studies.deployment.drive import DriveConfig
from spikearm.experiments.studies.energy import table as energy_table
from spikearm.experiments.studies.energy.report import EnergyReport, energy_report
from spikearm.experiments.unset import Unset
from spikearm.loihi_deploy.energy.rapl import POWERCAP

MOST_TIME = 60.0  # s; a meter's counter starts anew at most once in it


@dataclass(frozen=True)
class EnergyCommand:
    """Account for the energy of a spiking controller and of alternatives.

    The controller drives its arm through one reach in the chip's arithmetic. Tables show what was
    counted in a step, what it costs on Loihi by two lists of published prices, how long it takes
    there, and what the control law costs on a processor. Where this machine has a readable energy
    meter, it is measured, too.

    Examples:
        spikearm energy --arm gen3

    Attributes:
        plant: Arm that is controlled.
        drive: Reach that the arm makes meanwhile.
        trained: Trained controller, from `spikearm train`, or the name of one that ships, such as
            gen3. Default: the one that ships for the arm.
        all: Print all tables: other devices, ratios as papers state them, metrics and sources.
        log: File that a line with all numbers is added to.
        measure_time: Time that this machine idles, and works, for each measurement [s].
    """

    plant: ArmConfig = field(default_factory=ArmConfig)
    drive: DriveConfig = field(default_factory=DriveConfig)
    trained: Unset[Path] = None
    all: bool = False
    log: Path = Path("runs/energy.jsonl")
    measure_time: float = 2.0

    def __post_init__(self) -> None:
        if not 0 < self.measure_time <= MOST_TIME:
            raise SpikearmError(
                f"A measurement of {self.measure_time} s: give more than 0, at most {MOST_TIME} s."
            )

    def execute(self) -> None:
        """Drive, account, print the tables and add to the log."""
        arm = self.plant.load()
        trained = find_trained(arm, self.trained, ["loihi"])
        assert trained is not None
        with console.status("Driving the arm in the chip's arithmetic"):
            report = energy_report(arm, trained, self.drive, POWERCAP, self.measure_time)
        console.print(energy_table.verdict(report))
        print_all(energy_table.short_tables(report))
        if self.all:
            print_all(energy_table.long_tables(report))
        console.print(meter_line(report), soft_wrap=True)
        append_line(self.log, json.dumps(self._entry(arm, report), allow_nan=False))

    def _entry(self, arm: Arm, report: EnergyReport) -> dict[str, Any]:
        """Build a line of the log."""
        reach = report.reach
        return {
            **provenance(),
            "arm": arm.name,
            "trained": None if self.trained is None else str(self.trained),
            "drive": asdict(self.drive),
            "n_steps": reach.n_steps,
            "period_s": reach.period,
            "counts": reach.counts._asdict(),
            "chip": asdict(reach.chip),
            "holding": asdict(reach.holding),
            "step_time": asdict(reach.times) | {"highest_rate": reach.times.highest_rate},
            "all_weights": asdict(report.all_weights),
            "cores_per_chip": reach.cores_per_chip,
            "metrics": report.metrics,
            "operations": {name: asdict(one) for name, one in report.operations.items()},
            "accounts": [asdict(one) for one in report.accounts],
            "comparisons": [asdict(one) | {"ratios": one.ratios} for one in report.comparisons],
            "measurements": {job: asdict(one) for job, one in report.measurements.items()},
            "not_measured": report.not_measured or None,
        }


def meter_line(report: EnergyReport) -> str:
    """Write the measurements of this machine, or the reason why there are none."""
    if report.not_measured:
        return f"Not measured: {report.not_measured} All figures of standard hardware are modelled."
    lines = (
        f"Measured, {job}: {energy(one.energy)} per step above an idle power of "
        f"{one.idle_power:.1f} W, {one.calls} steps."
        for job, one in report.measurements.items()
    )
    return "\n".join(lines)
