"""The benchmark: controllers and seeds side by side on one arm and task."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from spikearm.arm_models import SpikearmError
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.loop.closed_loop import Observer
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.benchmark.episode_outcome import EpisodeOutcome, recorded_reaches
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.study import BenchmarkExperiment
from spikearm.experiments.studies.study import StudyRun, StudyWatcher, run_study
from spikearm.neural.processes.raised import Caught, Problem


@dataclass(frozen=True)
class Benchmark:
    """Results of a benchmark, of all that was finished.

    Attributes:
        rows: Rows of the controllers and seeds that have at least one finished reach.
        reaches: Every finished reach.
        status: ``complete``, ``interrupted`` by Ctrl-C, or ``failed``.
        problem: Reason why it ended early, if it did.
        learned: Weights of the last adaptive controller, after the last episode in which it
            finished a reach.
        overflow_counts: Number of its steps in which a number was cut or overflowed, by its name.
    """

    rows: list[dict[str, Any]]
    reaches: list[RecordedReach]
    status: str
    problem: Problem | None
    learned: LearnedWeights | None
    overflow_counts: Counter[str]


def run_benchmark(
    plan: BenchmarkPlan, watcher: StudyWatcher | None = None, observe: Observer | None = None
) -> Benchmark:
    """Run every controller with every seed.

    Ctrl-C or a failing controller ends it; what is finished is kept.

    Args:
        plan: Arm, task, controllers and seeds.
        watcher: Observer of the progress.
        observe: Called after every control step of this process.

    Raises:
        BaseException: A program has a mistake.
    """
    experiment = BenchmarkExperiment(plan, observe)
    benchmark = collect(experiment, run_study(experiment, watcher or StudyWatcher()))
    if not isinstance(benchmark.problem, SpikearmError | KeyboardInterrupt | None):
        raise benchmark.problem
    return benchmark


def collect(experiment: BenchmarkExperiment, run: StudyRun[EpisodeOutcome]) -> Benchmark:
    """Collect the results of a run; reaches are kept even if no row can be made of them."""
    rows: list[dict[str, Any]] = []
    with Caught() as caught:
        rows = experiment.rows(run.outcomes)
    problem = run.problem or caught.problem
    status = run.status if caught.problem is None else "failed"
    learning = [one.learning for one in run.outcomes if one.learning is not None]
    return Benchmark(
        rows, recorded_reaches(run.outcomes), status, problem,
        learning[-1].weights if learning else None,
        learning[-1].overflow_counts if learning else Counter(),
    )  # fmt: skip
