"""Programs that do the same, and their times."""

from collections.abc import Callable, Mapping
from functools import partial

from spikearm.experiments.studies.reproductions.by_turns import cpu_times
from spikearm.experiments.studies.reproductions.hunter2022.one_thread import one_thread

REPETITIONS = (
    16  # of all inputs in a turn: the first pass fetches what others drove from the caches
)

Program = Callable[[int], object]
"""Program that is given the number of an input."""


def program_times(programs: Mapping[str, Program], n_inputs: int, rounds: int) -> dict[str, float]:
    """Measure the CPU time of programs for one input, by turns, with one thread.

    Args:
        programs: Programs by their names.
        n_inputs: Number of inputs.
        rounds: Number of times that every program has its turn.

    Returns:
        Least times by the names of the programs, with ``_s`` behind them [s].

    Raises:
        SpikearmError: The package that holds BLAS to one thread is missing.
    """
    works = {name: partial(_run, program, n_inputs) for name, program in programs.items()}
    with one_thread():
        times = cpu_times(works, rounds)
    return {f"{name}_s": taken / (REPETITIONS * n_inputs) for name, taken in times.items()}


def _run(program: Program, n_inputs: int) -> None:
    for _ in range(REPETITIONS):
        for number in range(n_inputs):
            program(number)
