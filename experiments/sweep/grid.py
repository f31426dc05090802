"""Grid of a sweep: every combination of values of its axes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count

MOST_TASKS = 1_000_000  # whose keys take half a GB of memory, estimated
RANGE = {"first", "last", "step"}

Values = dict[str, Any]


def combinations(grid: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Iterator[Values]:
    """Yield the combinations of a grid, or of several grids one after the other.

    Args:
        grid: List or range of values of each axis, by the name of the option.

    Raises:
        SpikearmError: An axis is neither a list nor a range, or is empty, or there are too many.
    """
    for one in [grid] if isinstance(grid, Mapping) else grid:
        axes = {name: axis_values(name, axis) for name, axis in one.items()}
        n_tasks = 1
        for values in axes.values():
            n_tasks *= len(values)
        check_count(n_tasks, "combinations", MOST_TASKS)
        for values in product(*axes.values()):
            yield dict(zip(axes, values, strict=True))


def axis_values(name: str, axis: Any) -> Sequence[Any]:
    """Return the values of an axis.

    Args:
        name: Name of the option.
        axis: List of values, or a range of integers from ``first`` to ``last``, both included.

    Raises:
        SpikearmError: It is something else, or empty.
    """
    values = axis
    if isinstance(axis, Mapping):
        values = _range(name, axis)
    if not isinstance(values, list | range) or not values:
        raise SpikearmError(
            f"Axis '{name}' of the grid has no values: give a list, such as {name} = [1, 2], or "
            f"a range, such as {name} = {{ first = 0, last = 9 }}."
        )
    return values


def _range(name: str, axis: Mapping[str, Any]) -> range:
    whole = all(isinstance(one, int) and not isinstance(one, bool) for one in axis.values())
    if not {"first", "last"} <= set(axis) <= RANGE or not whole or axis.get("step", 1) < 1:
        raise SpikearmError(
            f"The range of axis '{name}' is wrong: give the integers first and last, and a step "
            "of 1 or more if it is not 1."
        )
    numbers = range(axis["first"], axis["last"] + 1, axis.get("step", 1))
    check_count(len(numbers), "values of an axis", MOST_TASKS)
    return numbers
