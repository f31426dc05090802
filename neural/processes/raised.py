"""Exceptions as values: caught, and made fit to cross processes."""

import pickle
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Self

from spikearm.arm_models import SpikearmError

Problem = BaseException
"""Reason why a piece of work ended early, whoever raised it."""


class Caught:
    """Context that catches whatever is raised in it, so that results can be kept first.

    Attributes:
        problem: Exception that was raised, made :func:`portable`; None if there was none.
    """

    problem: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if problem is not None:
            self.problem = portable(problem)
        return problem is not None


def portable(problem: BaseException) -> BaseException:
    """Return an exception that can be pickled and carries its traceback as a note.

    The exception itself, where its class allows that; a ``RuntimeError`` of the same words, where
    it does not.
    """
    told = "".join(traceback.format_exception(problem))
    with suppress(Exception):  # whatever a class of exceptions does wrong when it is pickled
        if type(pickle.loads(pickle.dumps(problem))) is type(problem):
            if not getattr(problem, "__notes__", None):
                problem.add_note(told)
            return problem
    replaced = RuntimeError(f"{type(problem).__name__}: {problem}")
    replaced.add_note(told)
    return replaced


def describe(problem: BaseException) -> str:
    """Return an exception in words: a sentence of this project, or class and message of others."""
    if isinstance(problem, SpikearmError):
        return str(problem)
    if isinstance(problem, KeyboardInterrupt):
        return "Interrupted."
    return ": ".join(filter(None, (type(problem).__name__, str(problem))))
