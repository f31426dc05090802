"""Work in forked processes, against the same in one."""

import multiprocessing
import os

import numpy as np
import pytest

from spikearm.neural.parallel import parallel_map


def draw(number: int) -> tuple[int, np.ndarray]:
    return number, np.random.default_rng(number).normal(size=4)


@pytest.mark.parametrize("jobs", [2, 3, 20])
def test_the_results_are_those_of_one_process_in_order(jobs):
    alone, at_once = list(parallel_map(draw, 7, jobs=1)), list(parallel_map(draw, 7, jobs=jobs))
    assert [number for number, _ in at_once] == [0, 1, 2, 3, 4, 5, 6]
    for (_, first), (_, second) in zip(alone, at_once, strict=True):
        np.testing.assert_array_equal(first, second)


def test_work_may_use_what_is_here_and_changes_only_its_own():
    seen, arrays = [], [np.full(3, 0.5)]

    def work(number: int) -> tuple[int, float]:
        seen.append(number)
        arrays[0] += number
        return os.getpid(), float(arrays[0][0])

    results = list(parallel_map(work, 6, jobs=2))
    processes = {process for process, _ in results}
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2
    assert seen == []
    np.testing.assert_array_equal(arrays[0], 0.5)
    assert max(value for _, value in results) > 0.5


def test_with_one_job_all_is_done_here():
    seen = []
    assert list(parallel_map(lambda number: seen.append(number), 3, jobs=1)) == [None] * 3
    assert seen == [0, 1, 2]


def test_a_single_piece_needs_no_process():
    assert list(parallel_map(lambda number: os.getpid(), 1, jobs=4)) == [os.getpid()]


def test_no_pieces_give_no_results():
    assert list(parallel_map(draw, 0, jobs=2)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_the_work_is_raised_here_and_no_worker_stays(jobs):
    def work(number: int) -> int:
        if number == 2:
            raise ZeroDivisionError("The third piece.")
        return 10 * number

    results = parallel_map(work, 5, jobs=jobs)
    assert [next(results), next(results)] == [0, 10]
    with pytest.raises(ZeroDivisionError, match="third piece"):
        list(results)
    assert multiprocessing.active_children() == []
