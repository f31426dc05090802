"""Limits of this machine on one core, and the share of them that a step uses."""

import time
from dataclasses import dataclass
from statistics import median

import numba
import numpy as np
from measurement import Work

# What the arithmetic of a step cannot do without, in 32-bit numbers of 4 bytes. Estimates.
COMPARTMENT_BYTES = 4 * (4 * 2 + 2)  # 4 numbers read and written (input, current, voltage,
# refractory count); 2 read (bias, threshold)
EVENT_BYTES = 4 * (1 + 2)  # a weight read, an input read and written
LEARNING_BYTES = 4 * 2  # a weight read and written
COMPARTMENT_OPERATIONS = 24  # two decays, three wraps, clamp, refractory, threshold, reset
EVENT_OPERATIONS = 1
LEARNING_OPERATIONS = 30  # half of them to draw the rounding

LANES = 4096  # 32-bit numbers, 16 KiB: within the first-level cache
N_ROUNDS = 9
REPEATS = 20_000
MIN_BUFFER, MAX_BUFFER = 64 * 2**10, 256 * 2**20  # bytes


@dataclass(frozen=True)
class Share:
    """Share of a limit that a step reaches [1]."""

    memory: float
    instructions: float


def shares(work: Work, step_time: float, operations_per_second: float) -> Share:
    """Compare a step with the limits of memory and processor.

    Memory is measured on a buffer as large as the network, so that a network which fits a
    cache is held against that cache.

    Args:
        work: Work of a step.
        step_time: Wall time of a step [s].
        operations_per_second: Result of :func:`measure_operations`.
    """
    n_bytes = (
        COMPARTMENT_BYTES * work.compartments
        + EVENT_BYTES * work.events
        + LEARNING_BYTES * work.learning_updates
    )
    operations = (
        COMPARTMENT_OPERATIONS * work.compartments
        + EVENT_OPERATIONS * work.events
        + LEARNING_OPERATIONS * work.learning_updates
    )
    bandwidth = measure_bandwidth(COMPARTMENT_BYTES * work.compartments + 4 * work.synapses)
    return Share(n_bytes / bandwidth / step_time, operations / operations_per_second / step_time)


def measure_bandwidth(buffer: int) -> float:
    """Measure the speed of copies within a buffer, bytes read plus bytes written [byte/s]."""
    n = max(MIN_BUFFER, min(buffer, MAX_BUFFER)) // 16
    source, target = np.ones(n), np.zeros(n)
    repeats = max(3, int(2e8) // (16 * n))
    return 16 * n * repeats / _median_time(lambda: _copy(source, target, repeats))


def measure_operations() -> float:
    """Measure operations on 32-bit integers in vector instructions, two per load [1/s]."""
    a, b = np.arange(LANES, dtype=np.int32), np.ones(LANES, dtype=np.int32)
    _add(a, b, 1)
    return 2 * LANES * REPEATS / _median_time(lambda: _add(a, b, REPEATS))


def _copy(source: np.ndarray, target: np.ndarray, repeats: int) -> None:
    for _ in range(repeats):
        np.copyto(target, source)


@numba.njit
def _add(a, b, repeats):  # noqa: ANN001, ANN202  compiled
    for repeat in range(repeats):
        for i in range(len(a)):
            a[i] += b[i] ^ repeat


def _median_time(call) -> float:  # noqa: ANN001
    times = []
    for _ in range(N_ROUNDS):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return median(times)
