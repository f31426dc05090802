"""The command line: ``spikearm``.

``COMMANDS["mine"] = MyCommand`` adds a command, before :func:`main` is called.
"""

import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO

from spikearm.experiments.console.headless import choose_renderer

choose_renderer()

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.experiments.commands.commands import COMMANDS, Command
from spikearm.experiments.console.console import complaints, output
from spikearm.experiments.console.help import description, overview
from spikearm.experiments.console.problems import UnexpectedError, print_problem
from spikearm.experiments.console.streams import open_missing
from spikearm.experiments.lookup import find_entry
from spikearm.experiments.needs import check_needs
from spikearm.experiments.records.provenance import version
from spikearm.neural.processes.signals import TerminatedError, terminations_raised

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
SIGNALLED = 128  # and the number of the signal, as shells count
HELP = {"-h", "--help"}
OPTION_STYLE = (
    tyro.conf.OmitArgPrefixes,
    tyro.conf.FlagCreatePairsOff,
    tyro.conf.DisallowNone,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        arguments: Words of the command line after the program's name; those of this process when
            left out. ``--debug`` anywhere among them shows tracebacks.

    Raises:
        SystemExit: A command's options are wrong, or its help was asked for.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    open_missing()
    try:
        with terminations_raised():
            status = _execute([word for word in words if word != "--debug"])
    except SpikearmError as error:
        if debug:
            raise
        print_problem(str(error))
        status = FAILED if isinstance(error, UnexpectedError) else BAD_INPUT
    except BrokenPipeError as error:  # of help, which is printed by others
        output.lose(error)
        status = 0
    except TerminatedError as error:
        status = SIGNALLED + error.number
    except KeyboardInterrupt:
        status = INTERRUPTED
    return _after_losses(status)


def _after_losses(status: int) -> int:
    """Return the exit status, given what could not be printed."""
    output.flush()
    loss = output.take_loss()
    complaints.take_loss()
    if loss is None or isinstance(loss, BrokenPipeError):  # a reader may have seen enough
        return status
    print_problem(f"Cannot print all: {loss.strerror}. Results are on disk as ever.")
    return status or FAILED


def parse(name: str, options: Sequence[str]) -> Command:
    """Read the options of a command.

    Raises:
        SpikearmError: There is no such command, an option's value is not allowed, or an option
            counts for nothing beside the others.
        SystemExit: The options are wrong, or help was asked for.
    """
    command = find_entry(COMMANDS, name, "command")
    if HELP & set(options):
        _print(f"{description(command)}\n")  # tyro would join its lines
    complaint = StringIO()
    try:
        with redirect_stderr(complaint):
            parsed = tyro.cli(
                command, prog=f"spikearm {name}", description="", args=options, config=OPTION_STYLE
            )
    except SystemExit as left:
        if (refusal := _refusal(left)) is not None:
            raise refusal from None
        print(complaint.getvalue(), end="", file=complaints.as_file)
        raise
    check_needs(parsed)
    return parsed


def _refusal(left: SystemExit) -> SpikearmError | None:
    """Return the error of a value that is not allowed, which tyro turns into an exit."""
    error: BaseException | None = left
    while error is not None and not isinstance(error, SpikearmError):
        error = error.__context__
    return error


def _execute(words: Sequence[str]) -> int:
    for word in words:
        _check_encoding(word)
    if not words or words[0] in HELP:
        _print(overview(COMMANDS.summaries))
        return 0
    if words[0] == "--version":
        _print(f"spikearm {version('spikearm')}")
        return 0
    return parse(words[0], words[1:]).execute() or 0


def _print(text: str) -> None:
    print(text, file=output.as_file)


def _check_encoding(word: str) -> None:
    """Refuse a word, such as a file's name, that could not be written into results.

    Raises:
        SpikearmError: It is not UTF-8.
    """
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        raise SpikearmError(
            f"{word!a} is not UTF-8, or this locale is not: give names of plain letters, or "
            "run in a locale of UTF-8."
        ) from None


if __name__ == "__main__":
    sys.exit(main())
