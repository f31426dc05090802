"""Tables of the task "seen"."""

from collections.abc import Callable, Sequence

from rich.table import Table

from spikearm.experiments.perturbations.strength import NONE
from spikearm.experiments.seen.loop.sight_level import SightLevel
from spikearm.experiments.seen.study.points import SeenPoint
from spikearm.experiments.tables import Line, Meanings, compare, explain
from spikearm.experiments.words import number

Show = Callable[[SeenPoint], str]
MEANINGS = (
    ("visible", "targets that all cameras could see on the way; hidden: others"),
    ("hand within", "share of visible targets at which the hand was so close 1.6 s"),
    ("", "after a jump, or on a circle half of the time; worst: worst seed"),
    ("found", "time from a jump until the estimate was within 20 mm"),
    ("in sight", "share of looks whose point was believed"),
    ("look", "wall time of sight in a look; torque: from frames to torque;"),
    ("", "both without rendering and the simulation of events"),
    ("step", "mean wall time of all steps; with eye-chip, each of them steps the"),
    ("", "eyes, too, and a look only reads their heat"),
    ("chip", "cores of the network; energy and time of a step are estimates"),
)
"""Words that explain the lines."""


def seen_tables(points: Sequence[SeenPoint]) -> list[Table]:
    """Lay out a table per controller and motion, with sights or perturbations as columns."""
    perturbed = any(point.perturbation != NONE for point in points)
    return perturbed_tables(points) if perturbed else sight_tables(points)


def sight_tables(points: Sequence[SeenPoint]) -> list[Table]:
    """Lay out a table per controller and motion: sights as columns."""
    return [
        table
        for controller, motion in dict.fromkeys((one.controller, one.motion) for one in points)
        for mine in [[p for p in points if (p.controller, p.motion) == (controller, motion)]]
        for table in compare(
            f"Target {motion}, controller {controller}", [one.sight for one in mine], _lines(mine)
        )
    ]


def perturbed_tables(points: Sequence[SeenPoint]) -> list[Table]:
    """Lay out a table per perturbation: its strengths as columns, beside none."""
    names = dict.fromkeys(point.perturbation for point in points)
    others = [name for name in names if name != NONE] or [NONE]
    kinds = dict.fromkeys((one.controller, one.sight, one.motion) for one in points)
    tables = []
    for controller, sight, motion in kinds:
        mine = [
            p for p in points if (p.controller, p.sight, p.motion) == (controller, sight, motion)
        ]
        for name in others:
            shown = [one for one in mine if one.perturbation in (name, NONE)]
            labels = [SightLevel(one.perturbation, one.strength).label for one in shown]
            title = f"Target {motion}, sight {sight}, controller {controller}"
            tables += compare(title, labels, _lines(shown))
    return tables


def explanations() -> Meanings:
    """Lay out the meanings of lines."""
    return explain(MEANINGS)


def _lines(points: Sequence[SeenPoint]) -> list[Line]:
    return [Line(heading, [show(point) for point in points]) for heading, show in LINES]


LINES: tuple[tuple[str, Show], ...] = (
    ("visible targets", lambda p: str(p.n_visible)),
    ("hand within 20 mm", lambda p: number(p.within_20_mm, 1.0, 2)),
    ("  worst", lambda p: number(p.worst_within_20_mm, 1.0, 2) if p.n_seeds > 1 else ""),
    ("hand within 10 mm", lambda p: number(p.within_10_mm, 1.0, 2)),
    ("  worst ", lambda p: number(p.worst_within_10_mm, 1.0, 2) if p.n_seeds > 1 else ""),
    ("hand, median mm", lambda p: number(p.hand_error_m, 1e3, 1)),
    ("estimate, median mm", lambda p: number(p.estimate_error_m, 1e3, 1)),
    ("found, median ms", lambda p: number(p.found_s, 1e3, 0)),
    ("in sight", lambda p: number(p.sight_share, 1.0, 2)),
    ("seen hand, median mm", lambda p: number(p.hand_point_error_m, 1e3, 1)),
    ("stopped", lambda p: str(p.n_stopped) if p.n_stopped else ""),
    ("hidden targets", lambda p: str(p.n_hidden) if p.n_hidden else ""),
    ("hidden within 20 mm", lambda p: number(p.hidden_within_20_mm, 1.0, 2)),
    ("look p50 ms", lambda p: number(p.sight_p50_s, 1e3, 2)),
    ("look p99 ms", lambda p: number(p.sight_p99_s, 1e3, 2)),
    ("torque p50 ms", lambda p: number(p.torque_p50_s, 1e3, 2)),
    ("torque p99 ms", lambda p: number(p.torque_p99_s, 1e3, 2)),
    ("step, mean ms", lambda p: number(p.step_mean_s, 1e3, 2)),
    ("chip: cores", lambda p: number(p.cores, 1.0, 0)),
    ("chip: uJ in a step", lambda p: number(p.chip_energy_j, 1e6, 2)),
    ("chip: us in a step", lambda p: number(p.chip_step_s, 1e6, 1)),
)
"""Headings of the lines, and functions of what stands in them."""
