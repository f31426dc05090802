"""Number options of every command: found from the fields of its options, and refused in a sentence
where they are no number, infinite, absurdly large or of the wrong sign."""

import dataclasses
import math
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.cli import BAD_INPUT, COMMANDS, main

ABSURD = (math.nan, math.inf, -math.inf, 1e30)
SIGNED = {"home", "end_effector_offset"}  # coordinates
WITH_JOINTS = {"torque_limits", "velocity_limits", "armature"}  # their sign is checked with these
REQUIRED = {
    "out": Path("new"), "work": "dewolf2023", "file": "arm.xml", "config": "sweep.toml",
    "run": "runs/mine",
}  # fmt: skip
POSITIONAL = ("work", "file", "config", "run")


@dataclasses.dataclass(frozen=True)
class Option:
    """Number option of a command.

    Attributes:
        command: Name of the command.
        owner: Options that it belongs to, by the names of their fields.
        name: Name of its field.
        number: Type of its number or numbers.
        several: Number of numbers; None for one.
    """

    command: str
    owner: tuple[str, ...]
    name: str
    number: type
    several: int | None

    def value(self, number: float) -> Any:
        one = self.number(number)
        return one if self.several is None else (one,) * self.several

    @property
    def words(self) -> list[str]:
        return [self.command, f"--{self.name.replace('_', '-')}"]


def options_of(command: str) -> Iterator[Option]:
    yield from _options(command, COMMANDS[command], ())


def _options(command: str, kind: type, owner: tuple[str, ...]) -> Iterator[Option]:
    for name, hint in get_type_hints(kind).items():
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            yield from _options(command, hint, (*owner, name))
            continue
        alternatives = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        for one in alternatives:
            numbers = get_args(one) if get_origin(one) is tuple else ()
            if one in (int, float):
                yield Option(command, owner, name, one, None)
            elif numbers and set(numbers) <= {int, float, Ellipsis}:
                yield Option(command, owner, name, numbers[0], len(numbers))


def construct(option: Option, value: Any) -> Any:
    """Construct a command whose options are the defaults but for one."""

    def build(kind: type, path: tuple[str, ...]) -> Any:
        needed = {
            field.name: REQUIRED[field.name]
            for field in dataclasses.fields(kind)
            if field.name in REQUIRED
            and field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
        }
        if not path:
            return kind(**needed, **{option.name: value})
        inner = build(get_type_hints(kind)[path[0]], path[1:])
        return kind(**needed, **{path[0]: inner})

    return build(COMMANDS[option.command], option.owner)


OPTIONS = {name: list(options_of(name)) for name in COMMANDS}
NUMERIC = [name for name, options in OPTIONS.items() if options]


def refusal(option: Option, value: Any) -> str | None:
    try:
        construct(option, value)
    except SpikearmError as error:
        return str(error)
    return None


def test_options_are_found_in_every_command_that_has_any():
    assert set(NUMERIC) == set(COMMANDS) - {"report", "arms"}
    names = {option.name for options in OPTIONS.values() for option in options}
    assert {"seed", "radius", "ki", "max_rates", "home", "rounds"} <= names


@pytest.mark.parametrize("command", NUMERIC)
def test_a_number_that_makes_no_sense_is_refused_at_construction(command):
    for option in OPTIONS[command]:
        for number in (10**30, -(10**30)) if option.number is int else ABSURD:
            said = refusal(option, option.value(number))
            assert said is not None, (option, number)
            assert "give" in said, (option, number)
            assert "\n" not in said


@pytest.mark.parametrize("command", NUMERIC)
def test_a_number_below_zero_is_refused_unless_it_is_a_coordinate(command):
    for option in OPTIONS[command]:
        if option.name not in WITH_JOINTS:
            refused = refusal(option, option.value(-1)) is not None
            assert refused == (option.name not in SIGNED), option


@pytest.mark.parametrize("command", NUMERIC)
def test_zero_is_refused_or_taken(command):
    refused = {one.name for one in OPTIONS[command] if refusal(one, one.value(0)) is not None}
    taken = {one.name for one in OPTIONS[command]} - refused
    assert taken == {"seed"} or refused & {
        "duration", "learning_rate", "measure_time", "run_time", "chips", "batch", "jobs",
    }  # fmt: skip
    assert not refused & {"seed", "first_seed", "hold", "offset", "epochs", "probes", "payload"}
    assert taken or len(OPTIONS[command]) == 1


@pytest.mark.parametrize("name", ["max_rates", "durations"])
def test_a_range_that_is_reversed_is_refused(name):
    option = next(one for one in OPTIONS["train"] if one.name == name)
    assert "smaller one first" in (refusal(option, (150.0, 50.0)) or "")


@pytest.mark.parametrize("command", NUMERIC)
def test_the_command_line_refuses_it_in_a_sentence_and_leaves_no_folder(
    command, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    for option in OPTIONS[command][-2:]:
        values = ["1" + 30 * "0"] * (option.several or 1)
        hints = get_type_hints(COMMANDS[command])
        out = ["--out", "new"] if "out" in hints else []
        out += [str(REQUIRED[name]) for name in POSITIONAL if name in hints]
        assert main([*option.words, *values, *out]) == BAD_INPUT
        said = capsys.readouterr().err
        assert said.startswith("spikearm: ")
        assert said.count("\n") == 1
        assert list(tmp_path.iterdir()) == []
