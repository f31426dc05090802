"""Problems of a run: collected while results are written, and told afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from spikearm.arm_models import SpikearmError
from spikearm.experiments.console.console import errors
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.neural.processes.raised import Caught, Problem, describe

TRACEBACK = "traceback.txt"


class UnexpectedError(SpikearmError):
    """Error in a program: of this project, of a library, or of a user's own."""


@contextmanager
def collected(problems: list[Problem]) -> Iterator[None]:
    """Collect whatever is raised in the block, to raise it after the other work is done."""
    with Caught() as caught:
        yield
    if caught.problem is not None:
        problems.append(caught.problem)


def unexpected(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems that are mistakes in a program."""
    return [one for one in problems if not isinstance(one, SpikearmError | KeyboardInterrupt)]


def raise_first(problems: Sequence[Problem], folder: Path) -> None:
    """Raise the first problem, if there is one, after the others have been printed.

    Args:
        problems: Problems, in their order.
        folder: Folder of the results, which gets the tracebacks of mistakes.

    Raises:
        UnexpectedError: The first was a mistake in a program.
        SpikearmError: The first was another error.
        KeyboardInterrupt: The first was Ctrl-C.
    """
    place = _keep_tracebacks(unexpected(problems), folder / TRACEBACK)
    for problem in problems[1:]:
        if not isinstance(problem, KeyboardInterrupt):
            print_problem(describe(problem))
    for problem in problems[:1]:
        if unexpected([problem]):
            raise UnexpectedError(f"{describe(problem).rstrip('.')}. {place}") from problem
        raise problem


def print_problem(sentence: str) -> None:
    """Print a problem on the error stream."""
    errors.print(
        f"spikearm: {sentence}", style="red", highlight=False, markup=False, soft_wrap=True
    )


def _keep_tracebacks(mistakes: Sequence[Problem], path: Path) -> str:
    """Write the tracebacks of mistakes, and return a sentence that says where they are."""
    text = "\n".join(note for one in mistakes for note in getattr(one, "__notes__", ()))
    if not mistakes:
        return ""
    try:
        with atomic_file(path) as draft:
            draft.write_text(text, encoding="utf-8")
    except SpikearmError as error:
        errors.print(text, highlight=False, markup=False, soft_wrap=True)
        return str(error)
    return f"The traceback is in '{path}'; what was finished before is kept."
