"""The runner of studies: order, Ctrl-C, failures and workers."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.studies.study import Batch, Measure, Study, StudyWatcher, run_study


class Squares(Study[int]):
    """Squares of numbers, in two batches.

    Args:
        jobs: Number of conditions at a time.
        trouble: Raised in the second batch, at the third number.
    """

    def __init__(self, jobs: int = 1, trouble: BaseException | None = None) -> None:
        self.jobs, self.trouble = jobs, trouble
        self.events: list[str] = []

    def batches(self) -> Iterator[Batch[int]]:
        for first in (0, 10):
            yield Batch(f"from {first}", 4, lambda first=first: self._prepare(first), self.jobs)

    @contextmanager
    def _prepare(self, first: int) -> Iterator[Measure[int]]:
        def square(number: int) -> int:
            if first and number == 2 and self.trouble is not None:
                raise self.trouble
            return (first + number) ** 2

        self.events.append("built")
        try:
            yield square
        finally:
            self.events.append("freed")

    def rows(self, outcomes: Sequence[int]) -> list[dict[str, int]]:
        return [{"square": one} for one in outcomes]

    details = rows

    def verdict(self, outcomes: Sequence[int]) -> str:
        return f"{len(outcomes)} squares."

    def tables(self, outcomes: Sequence[int]) -> list[str]:
        return [str(outcomes)]

    def figure(self, outcomes: Sequence[int]) -> go.Figure:
        return go.Figure()


class Events(StudyWatcher):
    """Watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def notice(self, text: str) -> None:
        self.told.append(text)

    def building(self, batch: Batch[int]) -> None:
        self.told.append(f"building {batch.title}")

    def measuring(self, batch: Batch[int]) -> None:
        self.told.append(f"measuring {batch.n_conditions}")

    def measured(self) -> None:
        self.told.append("one")


ALL = [0, 1, 4, 9, 100, 121, 144, 169]


@pytest.mark.parametrize("jobs", [1, 2])
def test_outcomes_come_in_the_order_of_their_conditions(jobs):
    study, events = Squares(jobs), Events()
    run = run_study(study, events)
    assert (run.outcomes, run.status, run.problem) == (ALL, "complete", None)
    assert study.events == ["built", "freed"] * 2
    assert events.told == [
        "building from 0", "measuring 4", *["one"] * 4,
        "building from 10", "measuring 4", *["one"] * 4,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(KeyboardInterrupt(), "interrupted"), (SpikearmError("it fell"), "failed")],
)
def test_what_is_finished_is_kept_and_all_is_freed(trouble, status):
    study = Squares(trouble=trouble)
    run = run_study(study, StudyWatcher())
    assert run.outcomes == ALL[:6]
    assert (run.status, run.problem) == (status, trouble)
    assert study.events == ["built", "freed"] * 2


class Halves(Squares):
    """Squares of which the seventh is only a part."""

    cut_short: SpikearmError | KeyboardInterrupt

    def problem(self, outcome: int) -> SpikearmError | KeyboardInterrupt | None:
        return self.cut_short if outcome == ALL[6] else None


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("trouble", "status"),
    [(KeyboardInterrupt(), "interrupted"), (SpikearmError("it fell"), "failed")],
)
def test_a_part_of_an_outcome_is_kept_and_ends_the_run(jobs, trouble, status):
    study, events = Halves(jobs), Events()
    study.cut_short = trouble
    run = run_study(study, events)
    assert run.outcomes[:7] == ALL[:7]
    assert run.outcomes[7:] in ([], ALL[7:])  # which another worker may have finished meanwhile
    assert (run.status, type(run.problem), str(run.problem)) == (
        status,
        type(trouble),
        str(trouble),
    )
    assert study.events == ["built", "freed"] * 2
    # The part does not count as measured.
    assert events.told.count("one") == len(run.outcomes) - 1


def test_a_batchs_remark_is_shown_before_it_is_built():
    class Remarked(Squares):
        def batches(self) -> Iterator[Batch[int]]:
            for batch, notice in zip(super().batches(), (None, "these are large"), strict=True):
                yield replace(batch, notice=notice)

    events = Events()
    run_study(Remarked(), events)
    assert [one for one in events.told if one != "one"] == [
        "building from 0", "measuring 4", "these are large", "building from 10", "measuring 4",
    ]  # fmt: skip


def test_a_worker_that_is_killed_fails_the_study_and_keeps_the_first_batch():
    study = Squares(jobs=2)

    @contextmanager
    def kill(first: int) -> Iterator[Measure[int]]:
        yield lambda number: os._exit(1) if first else number**2

    study._prepare = kill
    run = run_study(study, StudyWatcher())
    assert run.outcomes == ALL[:4]
    assert run.status == "failed"
    assert "was killed" in str(run.problem)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("mistake", [ZeroDivisionError("of a user"), MemoryError(), SystemExit(3)])
def test_a_mistake_in_a_program_keeps_what_is_finished_and_is_told_with_its_place(jobs, mistake):
    run = run_study(Squares(jobs, trouble=mistake), StudyWatcher())
    assert run.outcomes[:6] == ALL[:6]
    assert set(run.outcomes) <= set(ALL) - {ALL[6]}
    assert run.status == "failed"
    assert type(run.problem) is type(mistake)
    told = getattr(run.problem, "__notes__", [])
    assert len(told) == 1
    assert "raise self.trouble" in told[0]


def test_every_outcome_is_handed_over_as_soon_as_it_is_there():
    kept: list[int] = []
    run_study(Squares(trouble=SpikearmError("it fell")), StudyWatcher(), kept.append)
    assert kept == ALL[:6]


def test_less_than_one_job_is_refused():
    study = Squares(jobs=0)
    run = run_study(study, StudyWatcher())
    assert "0 jobs are too few" in str(run.problem)
    assert (run.outcomes, study.events) == ([], [])
