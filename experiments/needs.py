"""Needs of options: conditions without which they would count for nothing, declared in a table.

A class of options declares them as ``NEEDS``; :func:`check_needs` looks at those of a command, of
the classes that it derives from, and of the groups of options in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from spikearm.arm_models import SpikearmError
from spikearm.experiments.words import listed

WITHOUT = "without "


@dataclass(frozen=True)
class Need:
    """Condition of some options.

    Attributes:
        options: Names of their fields; ``group.option`` is in a group, and ``group`` is all of it.
        holds: Function of the object that declares it, which returns True if they count.
        when: Words on when that is, which begin with "with" or "without".
    """

    options: tuple[str, ...]
    holds: Callable[[Any], bool]
    when: str


def check_needs(command: Any) -> None:
    """Refuse options that are given and count for nothing beside the others.

    Args:
        command: Options, a dataclass.

    Raises:
        SpikearmError: There are such options.
    """
    for place, part in _parts("", command):
        for need in _needs(type(part)):
            if not need.holds(part):
                _check(command, [f"{place}{name}" for name in need.options], need.when)


def _check(command: Any, names: list[str], when: str) -> None:
    given = [
        option
        for path, option in given_options(command)
        if any(f"{path}.".startswith(f"{name}.") for name in names)
    ]
    if not given:
        return
    count, them = ("counts", "it") if len(given) == 1 else ("count", "them")
    advice = f"give that, or leave {them} out"
    if when.startswith(WITHOUT):
        advice = "leave one or the other out"
    raise SpikearmError(f"{listed(given)} {count} only {when}: {advice}.")


def given_options(command: Any) -> Iterator[tuple[str, str]]:
    """Yield the path and the name, as it is written, of every option that is not at its default."""
    yield from _given("", command, None)


def _given(place: str, part: Any, usual: Any) -> Iterator[tuple[str, str]]:
    """Yield the options of a group that differ from those of another one, or from its defaults."""
    for one in fields(part):
        value = getattr(part, one.name)
        default = _default(one) if usual is None else getattr(usual, one.name)
        if is_dataclass(value):
            yield from _given(f"{place}{one.name}.", value, default)
        elif value != default and default is not MISSING:
            yield f"{place}{one.name}", _written(type(part), one, value)


def _default(one: "Field[Any]") -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()


def _written(kind: type, one: "Field[Any]", value: Any) -> str:
    """Return an option as it is written; a flag that is on unless it is given begins with "no"."""
    hint = get_type_hints(kind, include_extras=True)[one.name]
    named = [getattr(note, "name", None) for note in get_args(hint)[1:]] if get_origin(hint) else []
    name = next((name for name in named if name), one.name).replace("_", "-")
    return f"--{'no-' * (value is False)}{name}"


def _parts(place: str, part: Any) -> Iterator[tuple[str, Any]]:
    """Yield a group of options, and all groups in it, each with the beginning of its paths."""
    yield place, part
    for one in fields(part):
        value = getattr(part, one.name)
        if is_dataclass(value):
            yield from _parts(f"{place}{one.name}.", value)


def _needs(kind: type) -> Iterator[Need]:
    for one in kind.__mro__:
        yield from vars(one).get("NEEDS", ())
