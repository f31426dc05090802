"""Studies: conditions are measured, several at a time, and nothing finished is lost."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from rich.console import RenderableType

from spikearm.arm_models.errors import check_processes
from spikearm.neural.processes.parallel import parallel_map
from spikearm.neural.processes.raised import Caught, Problem
from spikearm.neural.processes.worker import StoppedError

if TYPE_CHECKING:
    import plotly.graph_objects as go

T = TypeVar("T")
Measure = Callable[[int], T]
"""Function of the number of a condition that returns its outcome."""


@dataclass(frozen=True)
class Batch(Generic[T]):
    """Conditions that share something that takes time to build, such as a controller.

    Attributes:
        title: Title of its progress bar.
        n_conditions: Number of conditions.
        prepare: Function that builds what they share, for as long as they are measured.
        jobs: Number of conditions that are measured at a time; the number of cores if None.
        notice: Remark on its conditions, or None.
        n_steps: Number of control steps of each, for a progress bar that moves within it.

    Raises:
        SpikearmError: There are fewer than one of these jobs.
    """

    title: str
    n_conditions: int
    prepare: Callable[[], AbstractContextManager[Measure[T]]]
    jobs: int | None = None
    notice: str | None = None
    n_steps: int = 1

    def __post_init__(self) -> None:
        check_processes(self.jobs)


class Experiment(ABC, Generic[T]):
    """Conditions, their measurement, and the rows of the outcomes."""

    @abstractmethod
    def batches(self) -> Iterator[Batch[T]]:
        """List the conditions, in the order in which they are measured."""

    @abstractmethod
    def rows(self, outcomes: Sequence[T]) -> list[dict[str, Any]]:
        """Return the rows of the summary."""

    def problem(self, outcome: T) -> Problem | None:
        """Return the reason why an outcome is only a part, or None if it is whole.

        The part is kept, the run is a failure, and it ends unless it :meth:`goes_on`.
        """
        return None

    def goes_on(self, outcome: T) -> bool:
        """Return True if other conditions are measured after an outcome with a problem."""
        return False


class Study(Experiment[T]):
    """Experiment whose outcomes are also tables, a file of details and a picture.

    Attributes:
        details_file: Name of the Parquet file of details.
        picture_file: Name of the picture.
    """

    details_file: ClassVar[str]
    picture_file: ClassVar[str]

    @abstractmethod
    def details(self, outcomes: Sequence[T]) -> list[dict[str, Any]]:
        """Return the rows of the file of details."""

    def write_more(self, outcomes: Sequence[T], folder: Path) -> None:
        """Write further files of the outcomes into the folder of the results."""

    @abstractmethod
    def verdict(self, outcomes: Sequence[T]) -> str:
        """Write what the outcomes show, in a sentence or two."""

    @abstractmethod
    def tables(self, outcomes: Sequence[T]) -> Sequence[RenderableType]:
        """Return what is printed of the outcomes."""

    @abstractmethod
    def figure(self, outcomes: Sequence[T]) -> "go.Figure":
        """Draw the outcomes."""


@dataclass
class StudyRun(Generic[T]):
    """Outcomes of an experiment, which grow as it runs.

    Attributes:
        outcomes: Outcomes of the conditions that are finished, or of which a part is kept.
        status: ``complete``, ``interrupted`` by Ctrl-C, or ``failed``.
        problem: Reason why it is not complete, if it is not.
    """

    outcomes: list[T] = field(default_factory=list)
    status: str = "complete"
    problem: Problem | None = None


class StudyWatcher:
    """Observer of an experiment's progress; this one does nothing."""

    def notice(self, text: str) -> None:
        """Show a remark."""

    def building(self, batch: Batch[Any]) -> None:
        """Begin a batch."""

    def measuring(self, batch: Batch[Any]) -> None:
        """Begin to measure its conditions."""

    def measured(self) -> None:
        """Count a finished condition."""


def run_study(
    study: Experiment[T],
    watcher: StudyWatcher,
    keep: Callable[[T], object] = lambda outcome: None,
    answering: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> StudyRun[T]:
    """Measure every condition of an experiment.

    Ctrl-C or an error of any kind ends it; what is finished is kept.

    Args:
        study: The experiment.
        watcher: Observer of its progress.
        keep: Function that is given every outcome as soon as it is there.
        answering: Context in which signals may end it, if they wait outside.
    """
    run = StudyRun[T]()
    with Caught() as caught, answering():
        for batch in study.batches():
            _run_batch(study, batch, run, watcher, keep)
    run.problem = caught.problem or run.problem
    if run.problem is not None:
        run.status = "interrupted" if isinstance(run.problem, KeyboardInterrupt) else "failed"
    return run


def _run_batch(
    study: Experiment[T],
    batch: Batch[T],
    run: StudyRun[T],
    watcher: StudyWatcher,
    keep: Callable[[T], object],
) -> None:
    if batch.notice is not None:
        watcher.notice(batch.notice)
    watcher.building(batch)
    problems: list[Problem] = []

    def ends(outcome: T) -> bool:
        return study.problem(outcome) is not None and not study.goes_on(outcome)

    with batch.prepare() as measure:
        watcher.measuring(batch)
        for outcome in parallel_map(measure, batch.n_conditions, batch.jobs, ends):
            run.outcomes.append(outcome)
            keep(outcome)
            problem = study.problem(outcome)
            if not ends(outcome):
                run.problem = run.problem or problem
                watcher.measured()
            elif problem and not isinstance(problem, StoppedError):  # stopped because of another
                problems.append(problem)
    if problems:
        raise problems[0]
