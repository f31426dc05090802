"""Problems of a run: collected while results are written, and told afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from spikearm.arm_models import SpikearmError
from spikearm.experiments.console.console import errors
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.words import counted
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


def raise_first(problems: Sequence[Problem], folder: Path, kept: str) -> None:
    """Raise the first problem, if there is one, after the others have been printed.

    Args:
        problems: Problems, in their order.
        folder: Folder of the results, which gets the tracebacks of mistakes.
        kept: Sentences on what is kept and how to go on, which are printed after an interruption.

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
        if isinstance(problem, KeyboardInterrupt):
            print_problem(f"Interrupted. {kept}")
        if unexpected([problem]):
            raise UnexpectedError(f"{describe(problem).rstrip('.')}. {place}") from problem
        raise problem


def kept_in(status: str, n_finished: int, noun: str, folder: Path) -> str:
    """Write what a run that cannot be resumed keeps, and how to measure the rest.

    Args:
        status: Status of the run; of a complete one, pictures may be lacking.
        n_finished: Number of things that are finished.
        noun: Word for one of them.
        folder: Folder of the results.
    """
    if status == "complete":
        return f"All that was measured is kept in '{folder}'."
    if not n_finished:
        return f"No {noun} was finished, and nothing was written."
    are = "is" if n_finished == 1 else "are"
    return (
        f"{counted(n_finished, noun)} {are} finished and kept in '{folder}'. To measure the "
        "others, name them in another call, with another --out."
    )


def resumed_in(folder: Path) -> str:
    """Write that the work of a folder can be resumed."""
    return f"What is finished is kept in '{folder}': the same command goes on there."


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
