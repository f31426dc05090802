"""Comparison of the engine with its peers: one table from one run on one machine.

.venv/bin/python benchmarks/engine.py --out results.json
.venv/bin/python benchmarks/engine.py --modes
.venv/bin/python benchmarks/engine.py --scaling
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import tyro
from limits import Share, measure_operations, shares
from measurement import Measurement, measure_apart, measure_starts
from modes import measure_modes, mode_table
from networks import NETWORKS
from peers import PEERS
from rich.console import Console
from rich.progress import Progress
from scaling import draw_scaling, measure_scaling
from table import Row, describe, make_table, markdown

from spikearm.experiments.records.provenance import provenance

DOCS = Path(__file__).parent.parent / "docs"
REFERENCE = "nengo-loihi"


@dataclass(frozen=True)
class Options:
    """Time each simulator on each network, one after the other, each in its own process.

    Attributes:
        networks: Networks to run.
        peers: Simulators to run.
        steps: Steps per round; there are five rounds after the warm-up.
        out: JSON file for all measurements.
        scaling: Measure the growth of the engine's cost with spikes and with size instead, and
            draw docs/engine_scaling.png.
        modes: Measure engine and nengo-loihi by turns, with the host ahead of the chip, in turn
            with it, and as each chooses, instead.
    """

    networks: tuple[str, ...] = tuple(NETWORKS)
    peers: tuple[str, ...] = tuple(PEERS)
    steps: int = 200
    out: Path | None = None
    scaling: bool = False
    modes: bool = False

    def __post_init__(self) -> None:
        for given, known in ((self.networks, NETWORKS), (self.peers, PEERS)):
            for name in given:
                if name not in known:
                    raise SystemExit(
                        f"'{name}' is not known here. Give some of: {', '.join(known)}."
                    )
        if self.steps < 1:
            raise SystemExit(f"{self.steps} steps are too few: give 1 or more.")


def main(options: Options) -> None:
    """Measure, print and write."""
    if options.scaling:
        run_scaling(options)
    elif options.modes:
        run_modes(options)
    else:
        run_comparison(options)


def run_comparison(options: Options) -> None:
    """Measure all simulators on all networks."""
    console = Console(width=200) if not Console().is_terminal else Console()
    measurements, left_out = measure_all(options, console)
    operations = measure_operations()
    rows = compare(measurements, operations)
    console.print(make_table(rows))
    for row in rows:
        if row.measured.work:
            console.print(f"{row.measured.network}: {describe(row.measured.work)}")
    for line in left_out:
        console.print(f"left out: {line}", markup=False)
    first, second = measure_starts()
    console.print(f"engine: first start {first:.1f} s (compiles), second start {second:.1f} s")
    console.print(f"instruction limit: {operations:.3g} operations per second on one core")
    if options.out:
        result = {
            "provenance": provenance(),
            "steps": options.steps,
            "start_times": {"first": first, "second": second},
            "operations_per_second": operations,
            "left_out": left_out,
            "rows": [row.json() for row in rows],
        }
        options.out.write_text(json.dumps(result, indent=1))
        options.out.with_suffix(".md").write_text(markdown(rows) + "\n")


def measure_all(options: Options, console: Console) -> tuple[list[Measurement], list[str]]:
    """Run every simulator on every network; return measurements, and failures with reasons."""
    measurements: list[Measurement] = []
    left_out: list[str] = []
    with Progress(console=console) as progress:
        task = progress.add_task("", total=len(options.networks) * len(options.peers))
        for network in options.networks:
            for peer in options.peers:
                progress.update(task, description=f"{network}, {peer}")
                try:
                    measurements.append(measure_apart(network, peer, options.steps))
                except Exception as error:  # noqa: BLE001  a peer's failure is a result
                    left_out.append(f"{peer} on {network}: {type(error).__name__}: {error}"[:300])
                progress.advance(task)
    return measurements, left_out


def compare(measurements: list[Measurement], operations: float) -> list[Row]:
    """Compare each measurement with the others of its network."""
    return [
        _compare_one(one, {m.peer: m for m in measurements if m.network == one.network}, operations)
        for one in measurements
    ]


def _compare_one(one: Measurement, peers: dict[str, Measurement], operations: float) -> Row:
    counted = peers.get("engine")
    work = counted.work if counted else None
    reference = peers.get(REFERENCE)
    share: Share | None = None
    if one.work:
        share = shares(one.work, one.step_time, operations)
    return Row(
        measured=one,
        speedup={peer: other.step_time / one.step_time for peer, other in peers.items()},
        work=work,
        share=share,
        same_output=(
            one.output_digest == reference.output_digest
            if reference and one.peer == "engine"
            else None
        ),
    )


def run_modes(options: Options) -> None:
    """Measure the engine beside nengo-loihi in every mode."""
    points = list(measure_modes(options.networks, options.steps))
    Console().print(mode_table(points))
    if options.out:
        result = {"provenance": provenance(), "steps": options.steps}
        options.out.write_text(json.dumps(result | {"points": [asdict(one) for one in points]}))


def run_scaling(options: Options) -> None:
    """Measure the growth of the cost, draw it and write the numbers."""
    console = Console()
    points = measure_scaling(options.steps, console)
    draw_scaling(points, DOCS / "engine_scaling.png")
    out = options.out or DOCS / "engine_scaling.json"
    result = {"provenance": provenance(), "steps": options.steps}
    out.write_text(json.dumps(result | {"points": [asdict(p) for p in points]}, indent=1) + "\n")
    console.print(f"wrote {DOCS / 'engine_scaling.png'} and {out}")


if __name__ == "__main__":
    main(tyro.cli(Options))
