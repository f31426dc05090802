"""CPU times of functions that are called by turns."""

import time
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def cpu_times(works: Mapping[Name, Callable[[], object]], rounds: int) -> dict[Name, float]:
    """Measure the least CPU time of each function [s].

    In each round every function is called once, so that what disturbs the machine disturbs all.

    Args:
        works: Functions by name.
        rounds: Number of rounds, after a first one that is not counted.
    """
    least: dict[Name, float] = {}
    for number in range(rounds + 1):
        for name, work in works.items():
            began = time.process_time()
            work()
            taken = time.process_time() - began
            if number:
                least[name] = min(taken, least.get(name, taken))
    return least
