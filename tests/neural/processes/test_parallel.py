"""Work in forked processes, against the same in one."""

import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
import time

import numpy as np
import pytest

from spikearm.neural.processes import parallel
from spikearm.neural.processes.parallel import WorkerLostError, parallel_map
from spikearm.neural.processes.worker import heed_stop


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


def leave_a_file(number: int) -> str:
    descriptor, name = tempfile.mkstemp()
    os.close(descriptor)
    if number == 3:
        raise ArithmeticError(name)
    return name


def test_temporary_files_of_workers_go_with_them(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = list(parallel_map(leave_a_file, 3, jobs=2))
    assert all(name.startswith(str(tmp_path)) for name in names)
    with pytest.raises(ArithmeticError, match=str(tmp_path)):
        list(parallel_map(leave_a_file, 4, jobs=2))
    assert list(tmp_path.iterdir()) == []


def test_without_room_for_temporary_files_work_is_done_all_the_same(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert [number for number, _ in parallel_map(draw, 3, jobs=2)] == [0, 1, 2]


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


def test_in_a_process_that_may_have_no_children_all_is_done_there():
    def work(number: int) -> list[int]:
        return [os.getpid(), *parallel_map(lambda inner: os.getpid(), 3, jobs=2)]

    for inside in parallel_map(work, 2, jobs=2):
        assert set(inside) == {inside[0]} != {os.getpid()}


@pytest.mark.parametrize("size", [1, 10_000_000])
def test_a_worker_that_is_killed_ends_the_work_soon_and_loses_nothing_finished(size):
    """Even in the middle of a large result, for whose rest nobody waits."""

    def work(number: int) -> bytes:
        if number == 3:
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGKILL)).start()
            time.sleep(0.04)
        if number == 4:
            time.sleep(60.0)
        return bytes(size)

    results, began = [], time.monotonic()
    with pytest.raises(WorkerLostError, match="was killed"):
        for result in parallel_map(work, 6, jobs=2):
            time.sleep(0.03)  # whoever takes results is slow, and pipes are full
            results.append(len(result))
    assert time.monotonic() - began < 10.0
    assert results[:3] == [size] * 3
    assert multiprocessing.active_children() == []


def test_whatever_ends_the_work_results_that_were_finished_out_of_order_are_kept(monkeypatch):
    monkeypatch.setattr(parallel, "GRACE_TIME", 0.1)

    def work(number: int) -> int:
        if number == 0:
            while True:
                heed_stop()
                time.sleep(0.001)
        if number == 4:
            raise ZeroDivisionError
        return number

    results = []
    with pytest.raises(ZeroDivisionError):
        results.extend(parallel_map(work, 6, jobs=2))
    assert results == [1, 2, 3]


def test_work_that_does_not_heed_a_stop_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(parallel, "STOP_TIME", 0.2)
    monkeypatch.setattr(parallel, "GRACE_TIME", 0.1)

    def work(number: int) -> int:
        if number:
            raise ZeroDivisionError
        time.sleep(60.0)
        return number

    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        list(parallel_map(work, 2, jobs=2))
    assert time.monotonic() - began < 10.0


def test_pieces_before_one_that_is_in_error_are_finished():
    def work(number: int) -> int:
        if number == 1:
            raise ZeroDivisionError
        for _ in range(20):
            heed_stop()
            time.sleep(0.01)
        return number

    results = []
    with pytest.raises(ZeroDivisionError):
        results.extend(parallel_map(work, 6, jobs=3))
    assert results == [0]  # the later one was asked to stop


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_result_may_be_the_last_one(jobs):
    results = list(parallel_map(lambda number: number, 50, jobs, ends=lambda one: one == 3))
    assert results[:4] == [0, 1, 2, 3]
    assert len(results) <= 4 + jobs


class PickyError(Exception):
    """Error that cannot be made from its message alone."""

    def __init__(self, what: str, *, where: str) -> None:
        super().__init__(f"{what} in {where}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_that_cannot_be_pickled_is_told_with_its_words_and_place(jobs):
    def work(number: int) -> int:
        raise PickyError("a hole", where="the bucket")

    with pytest.raises(RuntimeError, match="PickyError: a hole in the bucket") as raised:
        list(parallel_map(work, 2, jobs))
    assert "raise PickyError" in raised.value.__notes__[0]


def test_a_result_that_cannot_be_pickled_is_an_error():
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError, RuntimeError)):
        list(parallel_map(lambda number: lambda: number, 2, jobs=2))
