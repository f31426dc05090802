"""Options of a command by flat names, as files of sweeps have them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from spikearm.arm_models import SpikearmError

NOT_SWEPT = {
    "out", "jobs", "report", "video", "submit", "spikes", "seeds",
    "sights", "scenes", "jumps", "eye_weights",
}  # fmt: skip
"""Options that say how a run is done and shown, the number of seeds, of which a task has one, and
those of the task "seen", which is not swept."""
RENAMED = {"first_seed": "seed", "kind": "task"}


@dataclass(frozen=True)
class Option:
    """Option of a command.

    Attributes:
        name: Name in files and tables.
        path: Names of the fields that lead to it, from the command's class.
        kind: Type of its value, without None.
    """

    name: str
    path: tuple[str, ...]
    kind: Any

    @property
    def is_list(self) -> bool:
        """True if its value is a tuple of values."""
        return get_origin(self.kind) is tuple

    @property
    def is_file(self) -> bool:
        """True if its value is the path of a file."""
        return self.kind is Path


def options_of(command: type) -> dict[str, Option]:
    """Return the options that a sweep may set of a command, by their names."""
    return {one.name: one for one in _walk(command, ()) if one.path[-1] not in NOT_SWEPT}


def _walk(kind: type, above: tuple[str, ...]) -> Iterator[Option]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        path, hint = (*above, field.name), hints[field.name]
        if is_dataclass(hint):
            assert isinstance(hint, type)
            yield from _walk(hint, path)
        else:
            yield Option(RENAMED.get(field.name, field.name), path, _without_none(hint))


def _without_none(hint: Any) -> Any:
    """Return the type of an option that may be left out, or the type itself."""
    others = [one for one in get_args(hint) if one is not type(None)]
    return others[0] if type(None) in get_args(hint) else hint


def build(command: type, values: Mapping[str, Any]) -> Any:
    """Build a command from values of its options; others have their defaults.

    A single value stands for a list of one.

    Args:
        command: Class of the command.
        values: Values as TOML and JSON have them, by the options' names.

    Raises:
        SpikearmError: There is no such option, or its value is not allowed.
    """
    options, nested = options_of(command), {}
    for name, value in values.items():
        option = find_option(options, name)
        _place(nested, option, _checked(option, value))
    return build_nested(command, nested)


def find_option(options: Mapping[str, Option], name: str) -> Option:
    """Return an option.

    Raises:
        SpikearmError: There is none of that name.
    """
    if name not in options:
        raise SpikearmError(f"There is no option '{name}'. Options: {', '.join(sorted(options))}.")
    return options[name]


def build_nested(command: type, nested: Mapping[str, Any]) -> Any:
    """Build a command from its fields, as a configuration on the disk has them.

    Raises:
        SpikearmError: A value is of another type, or not allowed.
    """
    try:
        return msgspec.convert(nested, command, dec_hook=_convert)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, SpikearmError):
            raise error.__cause__ from None
        raise SpikearmError(f"An option is wrong: {error}.") from error


def values_of(command: Any) -> dict[str, Any]:
    """Return the values of a command's options, defaults included, as JSON has them."""
    return {
        name: _plain(_value(command, option.path))
        for name, option in options_of(type(command)).items()
    }


def _checked(option: Option, value: Any) -> Any:
    if option.is_list and not isinstance(value, list | tuple):
        value = [value]
    try:
        msgspec.convert(value, option.kind, dec_hook=_convert)
    except msgspec.ValidationError as error:
        expected = str(error).partition(" - at ")[0].replace("`", "")
        raise SpikearmError(
            f"Option '{option.name}' is {value!r}, which is not possible: {expected}."
        ) from error
    return value


def _convert(kind: type, value: Any) -> Any:
    """Convert a value to a type that msgspec does not know.

    Raises:
        ValueError: It is no path.
    """
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"Expected {kind.__name__}, got {value!r}")


def _place(nested: dict[str, Any], option: Option, value: Any) -> None:
    *above, last = option.path
    for name in above:
        nested = nested.setdefault(name, {})
    nested[last] = value


def _value(command: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        command = getattr(command, name)
    return command


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Path) else value
