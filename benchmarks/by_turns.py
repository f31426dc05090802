"""The same benchmark from two checkouts, round by round in turn.

A machine's speed drifts, with its temperature and with other programs. Rounds in turn meet the
same drift, so the ratio of two neighbouring rounds tells more than that of two long runs. Other
programs only ever add time: the fastest repetition of each checkout is the least disturbed one.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.progress import track
from rich.table import Table

REPETITIONS = 5  # of a round


@dataclass(frozen=True)
class Ratio:
    """CPU seconds of this checkout over those of the other one.

    Attributes:
        controller, backend: Controller that drove the arm, and its backend, named as here.
        rounds: Ratio of the fastest repetitions of each round [1]; below 1, this checkout is
            faster.
        fastest: Ratio of the fastest repetitions of all rounds [1].
    """

    controller: str
    backend: str
    rounds: tuple[float, ...]
    fastest: float


def compare(script: Path, other: Path, arguments: Sequence[str], rounds: int) -> list[Ratio]:
    """Run a benchmark from here and from another checkout in turn, each in its own process.

    Args:
        script: Benchmark of this checkout, which measures CPU time with ``--processor-time``.
        other: Folder of the other checkout.
        arguments: Arguments for both.
        rounds: Number of rounds.

    Raises:
        CalledProcessError: The benchmark failed in one of them.
    """
    here = script.resolve().parents[1]
    name = script.resolve().relative_to(here)
    pairs = []
    for number in track(range(rounds), f"{here} against {other}"):
        both = [_run(here, name, arguments), _run(other.resolve(), name, arguments)]
        pairs.append(both)
        if number == 0 and len(both[0]) != len(both[1]):
            raise SystemExit(f"{other} measures other controllers: its ratios mean nothing.")
    return [
        Ratio(
            points[0][0]["controller"], points[0][0]["backend"],
            tuple(_seconds(ours) / _seconds(theirs) for ours, theirs in points),
            min(_seconds(ours) for ours, _ in points) / min(_seconds(other) for _, other in points),
        )
        for points in zip(*(zip(*both, strict=True) for both in pairs), strict=True)
    ]  # fmt: skip


def ratio_table(ratios: Sequence[Ratio]) -> Table:
    """Lay out the ratio of CPU seconds, and its range over the rounds."""
    table = Table(title="CPU seconds over those of the other checkout", title_justify="left")
    for heading in ("controller", "backend"):
        table.add_column(heading)
    for heading in ("fastest", "median round", "range", "rounds"):
        table.add_column(heading, justify="right")
    for ratio in ratios:
        table.add_row(
            ratio.controller, ratio.backend, f"{ratio.fastest:.3f}", f"{median(ratio.rounds):.3f}",
            f"{min(ratio.rounds):.3f} to {max(ratio.rounds):.3f}", str(len(ratio.rounds)),
        )  # fmt: skip
    return table


def _run(folder: Path, script: Path, arguments: Sequence[str]) -> list[dict]:
    """Run one round in a checkout, and return its points."""
    with TemporaryDirectory() as made:
        out = Path(made) / "points.json"
        options = ["--processor-time", "--rounds", str(REPETITIONS), "--out", str(out), *arguments]
        subprocess.run(
            [sys.executable, str(folder / script), *options],
            check=True, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return json.loads(out.read_text())["points"]


def _seconds(point: dict) -> float:
    """Return the CPU time of a simulated second in the fastest repetition [s]."""
    return 1 / max(point["realtime_factors"])
