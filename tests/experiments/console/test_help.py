"""Help pages: short, wrapped, grouped, and with examples that work."""

import re
import shlex
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pytest

from spikearm.experiments.cli import COMMANDS, main, parse
from spikearm.experiments.console.help import example_lines
from spikearm.experiments.controllers.registry import CONTROLLERS
from spikearm.experiments.records.provenance import version

EXAMPLES = [line for command in COMMANDS.values() for line in example_lines(command)]
GROUPED = ("run", "bench", "adapt", "stress")


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """Read help in a window of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")


def help_lines(command: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("words", [["--help"], ["-h"], []])
def test_the_list_of_commands_fits_a_small_window(capsys, words):
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 7 + len(COMMANDS) < len(lines) <= 25
    assert max(map(len, lines)) <= 80
    for name in COMMANDS:
        (line,) = [line for line in lines if line.startswith(f"  {name} ")]
        assert line.endswith(".")
        assert not line.endswith("...")


def controllers_of(line: str) -> set[str]:
    words = shlex.split(line)
    firsts = [k for k, word in enumerate(words) if word in ("--controller", "--controllers")]
    named = {
        word
        for first in firsts
        for word in takewhile(lambda word: not word.startswith("--"), words[first + 1 :])
    }
    return {word for word in named if ":" not in word}


def test_controllers_of_examples_exist():
    named = set().union(*map(controllers_of, EXAMPLES))
    assert {"loihi", "polynomial-2"} <= named
    assert named <= set(CONTROLLERS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_s_help_fits_80_columns_and_shows_examples_on_their_own_lines(capsys, command):
    lines = help_lines(command, capsys)
    assert max(map(len, lines)) <= 80
    examples = example_lines(COMMANDS[command])
    assert examples or command == "arms"
    for example in examples:
        assert f"  {example}" in lines


@pytest.mark.parametrize("command", GROUPED)
def test_options_are_shown_in_groups(capsys, command):
    page = "\n".join(help_lines(command, capsys))
    for group in ("plant", "task", "gains", "adaptation"):
        assert f" {group} options" in page


TURNED_OFF = re.compile(r"^\W+(--no-[\w-]+)\W+(\w+)", re.MULTILINE)


def test_a_flag_that_turns_something_off_says_so(capsys):
    found = {
        (command, *shown)
        for command in COMMANDS
        for shown in TURNED_OFF.findall("\n".join(help_lines(command, capsys)))
    }
    names = {name for _, name, _ in found}
    assert names > {"--no-report", "--no-speed-limits", "--no-limit-speeds", "--no-train"}
    assert {verb for _, _, verb in found} == {"Leave", "Let"}
    assert ("stress", "--no-limit-speeds", "Let") not in found  # off there, and shown as it is


def test_all_controllers_are_told_where_one_is_chosen(capsys):
    told = " ".join(re.sub(r"[^\w\s:,.()-]", " ", " ".join(help_lines("run", capsys))).split())
    table = Path(__file__).parents[3].joinpath("docs/benchmark.md").read_text()
    for name in CONTROLLERS:
        assert re.search(rf"[ (]{name}[ ,:)]", told), name
        assert re.search(rf"^\|.*`{name}`.*\|", table, re.MULTILINE), name


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_read(example):
    program, name, *options = shlex.split(example)
    assert program == "spikearm"
    assert isinstance(parse(name, options), COMMANDS[name])  # pyright: ignore[reportArgumentType]


def test_the_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"spikearm {version('spikearm')}\n"


@dataclass(frozen=True)
class WaveCommand:
    """Wave at the audience.

    Examples:
        spikearm wave --times 3

    Attributes:
        times: Number of waves.
    """

    times: int = 1

    def execute(self) -> int:
        """Wave."""
        print("wave " * self.times)
        return 7


def test_a_command_from_outside_is_listed_helped_and_run(monkeypatch, capsys):
    monkeypatch.setitem(COMMANDS, "wave", WaveCommand)
    assert main([]) == 0
    assert "  wave       Wave at the audience." in capsys.readouterr().out.splitlines()
    assert "  spikearm wave --times 3" in help_lines("wave", capsys)
    assert main(["wave", "--times", "2"]) == 7
    assert capsys.readouterr().out.split() == ["wave", "wave"]


def test_an_unknown_command_is_answered_with_those_that_there_are(capsys):
    assert main(["dance"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "no command 'dance'" in said
    assert ", ".join(COMMANDS) in said
