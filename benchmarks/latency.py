"""Latency of the control steps of an arm, part by part, for every controller and backend.

.venv/bin/python benchmarks/latency.py --out latency.json
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console

from spikearm.arm_models import load_arm
from spikearm.controller.loop.step_times import StepTimes
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import Backend, ControllerSetup, choose_controllers
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.columns import LATENCY
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.table import latency_tables
from spikearm.experiments.tasks.centre_out import CentreOut

SEED = 0
WHOLE = [column for column in LATENCY if not column.key.startswith("part_latency")]


@dataclass(frozen=True)
class Options:
    """Make reaches with every controller, one after the other in this process.

    Attributes:
        arm: Arm to control.
        targets: Reaches of each controller, out and back.
        emulated: Reaches on nengo-loihi's emulator, which takes long.
        out: JSON file for all measurements.
    """

    arm: str = "gen3"
    targets: int = 8
    emulated: int = 1
    out: Path | None = None


def main(options: Options) -> None:
    """Measure, print and write."""
    rows = measure(options, ["analytic", "spiking", "loihi"], "engine", options.targets)
    rows += measure(options, ["loihi"], "emulator", options.emulated)[1:]
    console = Console()
    console.print(*latency_tables(rows), sep="\n")
    console.print(markdown(rows), soft_wrap=True, highlight=False)
    if options.out:
        result = {"provenance": provenance(), "rows": rows}
        options.out.write_text(json.dumps(result, indent=1) + "\n")


def measure(
    options: Options, names: Sequence[str], backend: Backend, targets: int
) -> list[dict[str, Any]]:
    """Measure a row for each controller, the analytic one first."""
    arm, trained = load_arm(options.arm), shipped(options.arm)
    task = CentreOut(targets=targets)
    controllers = choose_controllers(names, backend=backend)
    plan = BenchmarkPlan(arm, task, controllers, [SEED], ControllerSetup(arm.model, trained), 1)
    rows = run_benchmark(plan).rows
    return [row | {"controller": f"{row['controller']}, {row['backend']}"} for row in rows]


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Write the table for the documentation."""
    lines = [["", *(row["controller"] for row in rows)], ["---"] + ["---:"] * len(rows)]
    lines += [[part, *(_spread(row, part) for row in rows)] for part in StepTimes._fields]
    lines += [[column.heading, *(column.mean([row]) for row in rows)] for column in WHOLE]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines if any(cells[1:]))


def _spread(row: dict[str, Any], part: str) -> str:
    """Write median, 99th percentile and largest time of a part [µs]; nothing if it takes none."""
    times = [row[f"part_latency_{of}_s"][part] for of in ("p50", "p99", "max")]
    return "" if None in times else " / ".join(f"{1e6 * one:.1f}" for one in times)


if __name__ == "__main__":
    main(tyro.cli(Options))
