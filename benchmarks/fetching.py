"""Large networks with and without fetching the rows of later spikes, by turns in one process.

.venv/bin/python benchmarks/fetching.py
"""

import time
import warnings
from dataclasses import dataclass

import numpy as np
import tyro
from scaling import build_model

from spikearm.loihi_deploy.engine.engine import Engine

WARM_UP, N_STEPS = 300, 20  # steps, of a round
RATE = 10.0  # Hz
IS_LARGE = 2  # place of the switch among the numbers of ``own``


@dataclass(frozen=True)
class Options:
    """Time networks of full cores that fire at 10 Hz.

    Attributes:
        cores: Numbers of cores.
        rounds: Rounds of 20 steps each way.
    """

    cores: tuple[int, ...] = (16, 64, 128)
    rounds: int = 25


def main(options: Options) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")  # bits that discretisation rounds off
    for cores in options.cores:
        engine = Engine(build_model(cores, RATE, np.random.default_rng(0)), 0)
        engine.run_steps(WARM_UP)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(options.rounds):
            for fetches, measured in enumerate(times):
                engine.chip.index["own"][IS_LARGE] = fetches
                began = time.process_time()
                engine.run_steps(N_STEPS)
                measured.append((time.process_time() - began) / N_STEPS * 1e6)
        without, fetching = map(min, times)
        print(f"{cores} cores: {fetching:.0f} us of CPU per step, without {without:.0f} us")


if __name__ == "__main__":
    main(tyro.cli(Options))
