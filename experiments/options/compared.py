"""Needs and names that experiments share which compare controllers, in any task."""

from collections.abc import Sequence

from spikearm.experiments.needs import Need
from spikearm.experiments.seen.options import TaskName

SEEN_CONTROLLERS = ("loihi",)
"""Controllers of the task "seen" if no others are named."""
NEEDS_OF_COMPARED = (
    Need(("seen",), lambda one: one.kind == "seen", "with --task seen"),
    Need(
        ("adaptive",), lambda one: one.has(lambda spec: not spec.learns),
        "with a controller that does not learn by itself",
    ),
)  # fmt: skip
"""Needs of the options for what is seen, and of those for adaptive networks."""


def for_reaches_alone(*options: str) -> Need:
    """Return the need of options that the task "seen" does not have."""
    return Need(
        options,
        lambda one: one.kind != "seen",
        "without --task seen, which has targets and measurements of its own",
    )


def compared_names(kind: TaskName, named: Sequence[str], usual: Sequence[str]) -> Sequence[str]:
    """Return the names of the controllers; those of the task seen if no others are named.

    Args:
        kind: Task.
        named: Names that are given, or the usual ones.
        usual: Names of the controllers of other tasks if none are given.
    """
    return SEEN_CONTROLLERS if kind == "seen" and named == usual else named
