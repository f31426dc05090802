"""Tables of controllers under growing perturbations."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from spikearm.experiments.perturbations.registry import find_perturbation
from spikearm.experiments.perturbations.strength import NONE
from spikearm.experiments.studies.robustness.summary import REACHED, Point, break_point, curve
from spikearm.experiments.tables import Cell, Line, Meanings, compare, explain

BROKEN, BROKEN_STYLE = "✗", "red"
AT_ONCE = "at once"
SIDE_BY_SIDE = 3  # controllers of a table, each with two columns
MEANINGS = (
    ("mm", "position rmse: distance from the ideal path, root mean square"),
    ("missed", f"motions that did not end within {1e3 * REACHED:g} mm of their target"),
    ("lost", "no motion ended: the arm was lost or stopped on the way"),
    ("breaks at", "the first strength at which a motion missed its target; at once: even"),
    ("", "without the perturbation"),
)
"""Words that explain the columns."""


def stress_tables(points: Sequence[Point]) -> list[Table]:
    """Lay out a table per perturbation, strengths as lines, two columns per controller."""
    return [table for name in measured(points) for table in _tables(points, name)]


def break_tables(points: Sequence[Point]) -> list[Table]:
    """Lay out where each controller breaks: perturbations as lines, controllers as columns."""
    controllers = controllers_of(points)
    lines = [
        Line(heading(name), [breaks_at(curve(points, one, name)) for one in controllers])
        for name in measured(points)
    ]
    return compare("Breaks at", controllers, lines)


def explanations() -> Meanings:
    """Lay out the meanings of columns and marks."""
    return explain(MEANINGS)


def controllers_of(points: Sequence[Point]) -> list[str]:
    """List the controllers that were measured."""
    return list(dict.fromkeys(point.controller for point in points))


def measured(points: Sequence[Point]) -> list[str]:
    """List the perturbations that were measured."""
    names = dict.fromkeys(point.perturbation for point in points)
    return [name for name in names if name != NONE]


def heading(name: str) -> str:
    """Return a perturbation's title and unit."""
    perturbation = find_perturbation(name)
    return f"{perturbation.title} {perturbation.unit}"


def breaks_at(points: Sequence[Point]) -> str:
    """Return the strength at which a curve breaks, as it is shown."""
    if not points:
        return ""
    point = break_point(points)
    if point is None:
        return "bears all"
    return AT_ONCE if point.perturbation == NONE else point.level.shown


def _tables(points: Sequence[Point], name: str) -> list[Table]:
    curves = {one: curve(points, one, name) for one in controllers_of(points)}
    shown = [(controller, mine) for controller, mine in curves.items() if mine]
    parts = (shown[k : k + SIDE_BY_SIDE] for k in range(0, len(shown), SIDE_BY_SIDE))
    return [table for part in parts for table in _side_by_side(dict(part), name)]


def _side_by_side(curves: dict[str, list[Point]], name: str) -> list[Table]:
    shown = [{point.level.shown: point for point in mine} for mine in curves.values()]
    lines = [
        Line(label, [cell for mine in shown for cell in _cells(mine.get(label))])
        for label in dict.fromkeys(label for mine in shown for label in mine)
    ]
    breaks = [cell for mine in curves.values() for cell in (breaks_at(mine), "")]
    headings = [heading for one in curves for heading in (f"{one}\nmm", "missed")]
    return compare(heading(name), headings, [*lines, Line("breaks at", breaks)])


def _cells(point: Point | None) -> tuple[Cell, Cell]:
    """Return a point's deviation and its number of missed targets, marked where it is broken."""
    if point is None:
        return "", ""
    mm = "lost" if point.position_rmse_m is None else f"{1e3 * point.position_rmse_m:.3g}"
    missed = str(point.n_motions - point.n_reached)
    if point.broken:
        return Text(f"{BROKEN} {mm}", BROKEN_STYLE), Text(missed, BROKEN_STYLE)
    return mm, missed
