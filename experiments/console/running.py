"""Running a plan in front of a person: progress, viewer, results, film and report."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from spikearm.arm_models import Arm, ArmState, SpikearmError
from spikearm.arm_models.rendering.camera import Camera
from spikearm.arm_models.rendering.viewer import Viewer
from spikearm.controller.references.reference import Reference
from spikearm.experiments.console.console import ProgressWatcher, console, errors, progress_bar
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.records import REPORT, VIDEO, Run, check_new_folder, write_run
from spikearm.experiments.report.report import write_report
from spikearm.experiments.report.video import write_video
from spikearm.experiments.studies.adaptation.table import describe_overflows, reach_table
from spikearm.experiments.studies.benchmark.baseline_check import check_baseline
from spikearm.experiments.studies.benchmark.benchmark import Benchmark, run_benchmark
from spikearm.experiments.studies.benchmark.latency_table import latency_table
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.study import batch_title
from spikearm.experiments.studies.benchmark.table import summary_table
from spikearm.experiments.studies.study import Batch, Problem
from spikearm.experiments.tasks.episode import REACHES_PER_EPISODE


class ViewingWatcher(ProgressWatcher):
    """Progress bars, and a window that shows the arm under one controller and seed.

    Args:
        steps_per_condition: Control steps of each condition.
        shown: Title of the batch that is viewed.
        viewer: Shows the arm in a window at real time.
    """

    def __init__(self, steps_per_condition: int, shown: str, viewer: Viewer) -> None:
        super().__init__(steps_per_condition)
        self._shown = shown
        self._viewer = viewer
        self._showing = False

    def measuring(self, batch: Batch[Any]) -> None:
        """Start showing when it is the turn of the batch that is shown."""
        super().measuring(batch)
        self._showing = batch.title == self._shown

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Show one step; a closed window ends the run as Ctrl-C does."""
        super().step(arm, state, reference)
        if self._showing:
            arm.place_marker("reference", reference.pose)
            self._viewer.show()
            if self._viewer.closed:
                raise KeyboardInterrupt


def measure(
    plan: BenchmarkPlan,
    config: dict[str, Any],
    folder: Path,
    *,
    view: bool = False,
    film: bool = False,
    report: bool = True,
    keep_learned: Path | None = None,
) -> None:
    """Run a plan, write its folder and print its table.

    Finished reaches are kept, whatever happens to later ones, to the film or to the report.

    Args:
        plan: Plan that is run.
        config: The resolved configuration.
        folder: New folder for the results.
        view: Show the last controller with the first seed in a window.
        film: Film it.
        report: Write a report.
        keep_learned: File for the weights that an adaptive controller learns.

    Raises:
        SpikearmError: The folder is taken, there is nothing to render with or no display,
            or a controller, the film, the report or the disk failed, or the baseline missed its
            targets.
        KeyboardInterrupt: The person pressed Ctrl-C; what is finished is written.
    """
    check_new_folder(folder)
    if film:
        with Camera(plan.arm):  # rather now than after the work is done
            pass
    benchmark = run_watched(plan, view)
    problems = [] if benchmark.problem is None else [benchmark.problem]
    if benchmark.reaches:
        run = Run(config, benchmark.rows, benchmark.reaches, benchmark.status)
        problems += save_run(run, folder, plan.arm if film else None, report)
        title = (
            f"{plan.arm.name}, {plan.task.variant}, feedforward of {plan.setup.feedforward}: "
            f"{run.status}"
        )
        console.print(summary_table(run.rows, title))
        console.print(latency_table(run.rows))
        with collected(problems):
            show_learning(benchmark, keep_learned)
        print_place(folder)
    elif benchmark.status != "failed":
        console.print("No reach was finished, and nothing was written.")
    with collected(problems):
        check_baseline(plan, benchmark)
    raise_first(problems)


def show_learning(benchmark: Benchmark, path: Path | None) -> None:
    """Print the learning of an adaptive controller, if there is one, and keep its weights."""
    if benchmark.learned is None:
        return
    console.print(reach_table(benchmark.reaches))
    console.print(describe_overflows(benchmark.overflow_counts))
    if path is not None:
        with atomic_file(path) as draft, draft.open("wb") as file:
            benchmark.learned.save(file)
        console.print(f"Learned weights: {path}", soft_wrap=True)


def run_watched(plan: BenchmarkPlan, view: bool = False) -> Benchmark:
    """Run a plan with progress bars, viewing its last controller with its first seed if asked."""
    motion_time = plan.task.duration + plan.task.hold
    steps = REACHES_PER_EPISODE * round(motion_time / plan.arm.timestep)
    if view or plan.realtime:
        plan = replace(plan, jobs=1)  # the window shows steps of this process; others would disturb
    with ExitStack() as stack:
        if view:
            viewer = stack.enter_context(Viewer(plan.arm))
            shown = batch_title(plan.ordered_controllers[-1], plan.seeds[0])
            watcher = ViewingWatcher(steps, shown, viewer)
        else:
            watcher = ProgressWatcher(steps)
        stack.enter_context(watcher)
        return run_benchmark(plan, watcher, watcher.step)


def save_run(run: Run, folder: Path, filmed: Arm | None, report: bool) -> list[Problem]:
    """Write a run's folder and give what went wrong; a film or report that fails is left out."""
    problems: list[Problem] = []

    def add_pictures(draft: Path) -> None:
        if filmed is not None:
            with collected(problems):
                film_run(filmed, run, draft / VIDEO)
        if report:
            with collected(problems), console.status("Writing the report"):
                write_report([replace(run, folder=draft)], draft / REPORT, [folder.name])

    with collected(problems):
        write_run(run, folder, add_pictures)
    return problems


@contextmanager
def collected(problems: list[Problem]) -> Iterator[None]:
    """Collect a problem of the block, to raise it after the other work is done."""
    try:
        yield
    except (SpikearmError, KeyboardInterrupt) as problem:
        problems.append(problem)


def print_place(folder: Path) -> None:
    """Print the place of the results, if they could be written."""
    if (folder / REPORT).exists():
        console.print(f"Report: {folder / REPORT}", soft_wrap=True)
    elif folder.exists():
        console.print(f"Results: {folder}", soft_wrap=True)


def raise_first(problems: list[Problem]) -> None:
    """Raise the first problem, if there is one, after the others have been printed."""
    for problem in problems[1:]:
        if isinstance(problem, SpikearmError):
            errors.print(f"spikearm: {problem}", style="red", highlight=False, soft_wrap=True)
    for problem in problems[:1]:
        raise problem


def film_run(arm: Arm, run: Run, path: Path) -> None:
    """Film what the last controller did with its first seed, with a progress bar."""
    label = run.reaches[-1].label
    seed = next(reach.seed for reach in run.reaches if reach.label == label)
    reaches = [reach for reach in run.reaches if reach.label == label and reach.seed == seed]
    with progress_bar() as bar:
        task = bar.add_task(f"filming {label}, seed {seed}", total=len(reaches))
        write_video(arm, reaches, path, lambda: bar.advance(task))


def copy_film(folder: Path, path: Path) -> None:
    """Copy a run's film to another file."""
    if (folder / VIDEO).exists():
        with atomic_file(path) as draft:
            shutil.copyfile(folder / VIDEO, draft)
        console.print(f"Film: {path}", soft_wrap=True)
