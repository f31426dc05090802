"""Running a plan in front of a person: progress, viewer, results, film and report.

Viewer, film and report are imported when they are wanted: they take longer than an arm takes to
move.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from spikearm.arm_models import Arm
from spikearm.controller.loop.safety.limits import limits_of_task
from spikearm.experiments.console.console import console, errors, print_all
from spikearm.experiments.console.problems import (
    collected,
    kept_in,
    print_problem,
    raise_first,
    unexpected,
)
from spikearm.experiments.console.progress import progress_bar
from spikearm.experiments.console.safety import describe_safety
from spikearm.experiments.console.watching import ShowingWatcher, WindowKind, open_window
from spikearm.experiments.controllers import BASELINE
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.guardian import guarded
from spikearm.experiments.records.records import (
    CONFIG,
    REPORT,
    VIDEO,
    Run,
    check_new_folder,
    write_run,
)
from spikearm.experiments.studies.adaptation.table import describe_overflows, reach_tables
from spikearm.experiments.studies.benchmark.benchmark import Benchmark, collect
from spikearm.experiments.studies.benchmark.checks.baseline_check import check_baseline
from spikearm.experiments.studies.benchmark.episode_outcome import EpisodeOutcome
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.study import BenchmarkExperiment, batch_title
from spikearm.experiments.studies.benchmark.table import latency_tables, summary_tables
from spikearm.experiments.studies.benchmark.verdict import benchmark_verdict
from spikearm.experiments.studies.study import StudyRun, run_study
from spikearm.neural.processes.raised import Problem
from spikearm.neural.processes.signals import Deferral

NOTHING = Benchmark([], [], "failed", None, None, Counter())


def measure(
    plan: BenchmarkPlan,
    config: dict[str, Any],
    folder: Path,
    *,
    shown_in: Sequence[WindowKind] = (),
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
        shown_in: Windows that show the last controller with the first seed, before the baseline
            moves.
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
        from spikearm.arm_models.rendering.camera import Camera

        with Camera(plan.arm):  # rather now than after the work is done
            pass
    problems: list[Problem] = []
    benchmark = NOTHING
    with collected(problems), Deferral() as signals:  # nothing comes between results and disk
        rescue = partial(_rescue, BenchmarkExperiment(plan), config, folder)
        with guarded((folder.parent, folder), rescue) as keep:
            benchmark = run_watched(plan, shown_in, keep, signals.answering)
            problems += [] if benchmark.problem is None else [benchmark.problem]
            if benchmark.reaches or unexpected(problems):
                with collected(problems):
                    write_run(_run(benchmark, config), folder)
                with collected(problems):
                    save_learning(benchmark, keep_learned)
    with collected(problems):
        print_results(plan, benchmark)
    if (folder / CONFIG).exists() and benchmark.rows:
        add_pictures(_run(benchmark, config), folder, plan.arm if film else None, report, problems)
    print_place(folder)
    with collected(problems):
        check_baseline(plan, benchmark)
    raise_first(
        problems, folder, kept_in(benchmark.status, len(benchmark.reaches), "motion", folder)
    )


def _run(benchmark: Benchmark, config: dict[str, Any]) -> Run:
    return Run(config, benchmark.rows, benchmark.reaches, benchmark.status)


def _rescue(
    experiment: BenchmarkExperiment,
    config: dict[str, Any],
    folder: Path,
    outcomes: Sequence[EpisodeOutcome],
) -> None:
    """Write what a process that was killed had finished, unless it had done so itself."""
    benchmark = collect(experiment, StudyRun(list(outcomes), "failed"))
    if benchmark.reaches and not (folder / CONFIG).exists():
        write_run(_run(benchmark, config), folder)
        print_problem(f"The process was killed. What it had finished is in '{folder}'.")


def print_results(plan: BenchmarkPlan, benchmark: Benchmark) -> None:
    """Print the verdict, the tables of results, and the limits that the arm was held to."""
    if benchmark.rows:
        labels = [one.label for one in plan.ordered_controllers]
        console.print(benchmark_verdict(benchmark.rows, benchmark.status, labels))
        title = (
            f"{plan.arm.name}, {plan.task.name}, feedforward of {plan.setup.feedforward}: "
            f"{benchmark.status}"
        )
        print_all(summary_tables(benchmark.rows, title))
        print_all(latency_tables(benchmark.rows))
    if benchmark.learned is not None:
        print_all(reach_tables(benchmark.reaches))
        console.print(describe_overflows(benchmark.overflow_counts))
    limits = limits_of_task(plan.safety, plan.task.speed_limits)
    console.print(describe_safety(plan.arm.chain, limits))


def save_learning(benchmark: Benchmark, path: Path | None) -> None:
    """Write the weights of an adaptive controller, if it has any and a file is named."""
    if benchmark.learned is None or path is None:
        return
    with atomic_file(path) as draft, draft.open("wb") as file:
        benchmark.learned.save(file)
    console.print(f"Learned weights: {path}", markup=False, soft_wrap=True)


def run_watched(
    plan: BenchmarkPlan,
    shown_in: Sequence[WindowKind] = (),
    keep: Callable[[EpisodeOutcome], object] = lambda outcome: None,
    answering: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Benchmark:
    """Run a plan with progress bars, showing its last controller with its first seed if asked.

    Args:
        plan: Plan that is run.
        shown_in: Windows that show it.
        keep: Function that is given every outcome as soon as it is there.
        answering: Context in which signals may end it, if they wait outside.
    """
    plan = replace(plan, baseline_last=bool(shown_in))
    if shown_in or plan.realtime:
        plan = replace(plan, jobs=1)  # a window shows steps of this process; others would disturb
    shown = batch_title(plan.wanted, plan.seeds[0])
    with ExitStack() as stack:
        windows = [stack.enter_context(open_window(one, plan.arm, shown)) for one in shown_in]
        watcher = stack.enter_context(ShowingWatcher(shown, windows))

        def kept(outcome: EpisodeOutcome) -> None:
            keep(outcome)
            watcher.finished(outcome)

        experiment = BenchmarkExperiment(plan, watcher.step)
        return collect(experiment, run_study(experiment, watcher, kept, answering))


def add_pictures(
    run: Run, folder: Path, filmed: Arm | None, report: bool, problems: list[Problem]
) -> None:
    """Add film and report to the folder of a run; one that fails is left out.

    Args:
        run: Results of the run.
        folder: Its folder.
        filmed: Arm that is filmed, if a film is wanted.
        report: True if a report is wanted.
        problems: List that gets what went wrong.
    """
    if filmed is not None:
        with collected(problems):
            film_run(filmed, run, folder / VIDEO)
    if report:
        with collected(problems), errors.status("Writing the report"):
            from spikearm.experiments.report.report import write_report

            write_report([replace(run, folder=folder)], folder / REPORT, [folder.name])


def print_place(folder: Path) -> None:
    """Print the place of the results, if they could be written."""
    if (folder / REPORT).exists():
        console.print(f"Report: {folder / REPORT}", markup=False, soft_wrap=True)
    elif (folder / CONFIG).exists():
        console.print(f"Results: {folder}", markup=False, soft_wrap=True)


def film_run(arm: Arm, run: Run, path: Path) -> None:
    """Film what the last controller did with its first seed, with a progress bar."""
    from spikearm.experiments.report.video import write_video

    labels = [reach.label for reach in run.reaches]
    label = [*labels, *(one for one in labels if one != BASELINE)][-1]
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
        console.print(f"Film: {path}", markup=False, soft_wrap=True)
