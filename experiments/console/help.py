"""Help pages: the list of commands, and the text above a command's options."""

import inspect
import re
import textwrap
from collections.abc import Mapping
from shutil import get_terminal_size

WIDTH = 80  # columns, at most
NAME_WIDTH = 11  # columns of a command's name in the list
INDENT = "  "
SECTION = re.compile(r"^(Attributes|Examples):$", re.MULTILINE)

OVERVIEW = """\
usage: spikearm COMMAND [OPTIONS]
Spiking control of robot arms, in closed loop, up to Intel's Loihi.

{commands}

  -h, --help   Show this text; after a command, the command's options.
  --version    Show the version. --debug: show the traceback of an error.

Start with:  spikearm run --arm gen3 --controller spiking --video reach.mp4"""


def overview(summaries: Mapping[str, str]) -> str:
    """Return the list of commands, one line each.

    Args:
        summaries: First line of each command's text.
    """
    room = WIDTH - NAME_WIDTH - len(INDENT)
    lines = (
        f"{INDENT}{name:{NAME_WIDTH}}{textwrap.shorten(summary, room, placeholder='...')}"
        for name, summary in summaries.items()
    )
    return OVERVIEW.format(commands="\n".join(lines))


def description(command: type) -> str:
    """Return a command's text, wrapped, with its examples on lines of their own."""
    width = min(WIDTH, get_terminal_size().columns)
    parts = [textwrap.fill(paragraph, width) for paragraph in _text(command)]
    if examples := example_lines(command):
        parts.append("\n".join(["Examples:", *(INDENT + line for line in examples)]))
    return "\n\n".join(parts)


def example_lines(command: type) -> list[str]:
    """List the lines of a command's examples, as its docstring has them."""
    section = _sections(command).get("Examples", "")
    return textwrap.dedent(section).strip().splitlines()


def _text(command: type) -> list[str]:
    """List the paragraphs of a command's docstring, its first line first."""
    paragraphs = _sections(command)[""].strip().split("\n\n")
    return [" ".join(paragraph.split()) for paragraph in paragraphs]


def _sections(command: type) -> dict[str, str]:
    """Split a command's docstring at the headings of its sections."""
    first, *others = SECTION.split(inspect.getdoc(command) or "")
    return {"": first} | dict(zip(others[::2], others[1::2], strict=True))
