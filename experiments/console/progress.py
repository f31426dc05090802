"""Progress bars."""

from contextlib import ExitStack
from typing import Any

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.references.reference import Reference
from spikearm.experiments.console.console import errors
from spikearm.experiments.studies.study import Batch, StudyWatcher
from spikearm.experiments.training.training_watcher import TrainingWatcher
from spikearm.loihi_deploy.engine.compilation import watch_compilation

REFRESH_STEPS = 50  # control steps between two updates of the bar


def progress_bar() -> Progress:
    """Return the progress bar of any long work: on the error stream, if that is a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:32}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=errors,
        disable=not errors.is_terminal,
    )


class ProgressWatcher(StudyWatcher):
    """Progress bars, one per batch of a study, that may move within a condition."""

    def __init__(self) -> None:
        self._n_steps = 1
        self._n_measured = 0
        self._progress = progress_bar()
        self._pending = 0
        self._n_compiled = 0
        self._opened = ExitStack()

    def __enter__(self) -> "ProgressWatcher":
        self._opened.enter_context(self._progress)
        self._opened.enter_context(watch_compilation(self._compiled))
        return self

    def __exit__(self, *exception: object) -> None:
        self._opened.close()

    def building(self, batch: Batch[Any]) -> None:
        """Show another bar."""
        self._task = self._progress.add_task(f"{batch.title}: building", total=None)

    def _compiled(self) -> None:
        """Show that the engine is being compiled, on its first use."""
        if not self._n_compiled:
            self._compiling = self._progress.add_task("", total=None)
        self._n_compiled += 1
        description = f"compiling, once: {self._n_compiled} kernels"
        self._progress.update(self._compiling, description=description)

    def measuring(self, batch: Batch[Any]) -> None:
        """Show how much there is to measure."""
        self._pending = self._n_measured = 0
        if self._n_compiled:
            self._progress.update(self._compiling, total=1, completed=1)
        self._n_steps = batch.n_steps
        total = batch.n_conditions * self._n_steps
        self._progress.update(self._task, description=batch.title, total=total, completed=0)

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Move the bar now and then."""
        self._pending += 1
        if self._pending == REFRESH_STEPS:
            self._progress.advance(self._task, self._pending)
            self._pending = 0

    def measured(self) -> None:
        """Move the bar to the end of a condition, wherever its steps were taken."""
        self._pending = 0
        self._n_measured += 1
        completed = self._n_measured * self._n_steps
        self._progress.update(self._task, completed=completed)

    def notice(self, text: str) -> None:
        """Print it above the bars, on the error stream."""
        errors.print(text, style="yellow", soft_wrap=True)


class TrainingBars(TrainingWatcher):
    """Progress bars of a training, one per step, and its measurements."""

    def __init__(self) -> None:
        self._progress = progress_bar()

    def __enter__(self) -> "TrainingBars":
        self._progress.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def begin(self, step: str, n_items: int) -> None:
        """Show another bar."""
        self._task = self._progress.add_task(step, total=n_items)

    def advance(self) -> None:
        """Move it."""
        self._progress.advance(self._task)

    def notice(self, text: str) -> None:
        """Print a line above the bars."""
        self._progress.console.print(text)
