"""Tables of controllers under growing perturbations."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from spikearm.experiments.perturbations.registry import NONE, find_perturbation
from spikearm.experiments.studies.robustness.summary import Point, break_point, curve
from spikearm.experiments.tables import make_table

HEADING = (
    "Position rmse in mm, and how many reaches end within 10 mm of their target. A controller "
    "breaks at the first strength at which not all do."
)


def stress_tables(points: Sequence[Point]) -> list[Table]:
    """Lay out one table per perturbation, strengths as lines and controllers as columns."""
    return [_table(points, name) for name in measured(points)]


def break_table(points: Sequence[Point]) -> Table:
    """Lay out where each controller breaks: perturbations as lines, controllers as columns."""
    controllers = list(dict.fromkeys(point.controller for point in points))
    table = make_table("Breaks at", ("", *controllers))
    for name in measured(points):
        table.add_row(
            heading(name),
            *(breaks_at(curve(points, controller, name)) for controller in controllers),
        )
    return table


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
    return "even without" if point.perturbation == NONE else point.level.shown


def _table(points: Sequence[Point], name: str) -> Table:
    controllers = [
        controller
        for controller in dict.fromkeys(point.controller for point in points)
        if curve(points, controller, name)
    ]
    table = make_table(heading(name), ("", *controllers), left=(), no_wrap=())
    curves = [
        {point.level.shown: point for point in curve(points, controller, name)}
        for controller in controllers
    ]
    for label in dict.fromkeys(label for one in curves for label in one):
        table.add_row(label, *(_cell(one.get(label)) for one in curves))
    table.add_section()
    table.add_row("breaks at", *(breaks_at(list(one.values())) for one in curves))
    return table


def _cell(point: Point | None) -> str | Text:
    """Return a point's deviation and its share of finished motions, marked where it is broken."""
    if point is None:
        return ""
    mm = "lost" if point.position_rmse_m is None else f"{1e3 * point.position_rmse_m:.3g}"
    text = f"{mm}  {point.n_reached}/{point.n_motions}"
    return Text(f"✗ {text}", style="red") if point.broken else text
