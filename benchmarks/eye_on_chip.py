"""Eyes and controller on one chip: CPU time of a step, both together and apart.

.venv/bin/python benchmarks/eye_on_chip.py

Events are drawn before the clock runs: neither rendering nor event cameras are in these times. A
step is 1 ms of simulated time, so that a step of less than 1 ms is faster than real time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nengo
import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.eye_on_chip.chip_eyes import EYES
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.mapping.image_blocks import block_images
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_network import EyeNetwork, add_eye, steps_of_frame
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader
from spikearm.perception.eye.random_eye import EVENTS, random_eye

STEP_US = 1000.0  # simulated time of a step
N_FRAMES = 50  # that are shown again and again


@dataclass(frozen=True)
class Options:
    """Time two eyes and the controller of gen3 on the engine.

    Attributes:
        eye: Eye to run. Default: one with random kernels, whose layers fire at 5 %.
        channels: Channels of the layers of a random eye.
        rounds: Rounds, of which the fastest counts.
        steps: Steps of a round.
    """

    eye: Path | None = None
    channels: tuple[int, ...] = (16, 24, 24, 4)
    rounds: int = 15
    steps: int = 200


Stepper = Callable[[int], None]
"""Function that runs a number of steps."""


def main(options: Options) -> None:
    """Measure by turns, and print."""
    rng = np.random.default_rng(0)
    weights = random_eye(rng, channels=options.channels)
    if options.eye is not None:
        weights = EyeWeights.load(options.eye)
    shape = N_FRAMES, len(EYES), weights.size, weights.size, 2
    frames = rng.random(shape) < EVENTS
    steppers = {
        "controller": on_chip(None, frames, True),
        "two eyes": on_chip(weights, frames, False),
        "controller and two eyes": on_chip(weights, frames, True),
        "two eyes, frame by frame in floating point": by_frames(weights, frames),
        "reading of the heat of two eyes": reading(weights),
    }
    times: dict[str, list[float]] = {name: [] for name in steppers}
    for _ in range(options.rounds):
        for name, run in steppers.items():
            began = time.process_time()
            run(options.steps)
            times[name].append(1e6 * (time.process_time() - began) / options.steps)
    table = Table("", title="CPU time of a step of 1 ms", title_justify="left")
    for heading in ("us, least", "us, median", "x real time"):
        table.add_column(heading, justify="right")
    for name, measured in times.items():
        least = min(measured)
        table.add_row(name, f"{least:.1f}", f"{np.median(measured):.1f}", f"{STEP_US / least:.1f}")
    Console(width=100).print(table)


def on_chip(weights: EyeWeights | None, frames: np.ndarray, with_controller: bool) -> Stepper:
    """Build a network of eyes, the controller or both on the engine."""
    network = nengo.Network(seed=0)
    if with_controller:
        built = build_network(shipped("gen3").weights, "loihi", seed=0)
        network = built.network
        built.nodes.inputs[:] = np.random.default_rng(1).uniform(-0.5, 0.5, len(built.nodes.inputs))
    eyes: list[EyeNetwork] = []
    if weights is not None:
        eyes = [add_eye(network, weights, name) for name in EYES]
        block_images(network, on_host=[eye.pixels for eye in eyes])
    simulation = EngineSimulation(network)
    period = 1 if weights is None else steps_of_frame(weights.dynamics)
    shown = frames.reshape(len(frames), len(EYES), -1)

    def run(steps: int) -> None:
        for step in range(steps):
            frame, phase = divmod(step, period)
            for eye, events in zip(eyes, shown[frame % len(shown)], strict=False):
                eye.events.values[:] = events if phase == 0 else 0.0
            simulation.step()
        simulation.spike_log.clear()

    return run


def by_frames(weights: EyeWeights, frames: np.ndarray) -> Stepper:
    """Build eyes that take a frame at once."""
    eyes = [Eye(weights) for _ in EYES]
    period = steps_of_frame(weights.dynamics)

    def run(steps: int) -> None:
        for frame in range(steps // period):
            for eye, events in zip(eyes, frames[frame % len(frames)], strict=True):
                eye.see(events)

    return run


def reading(weights: EyeWeights) -> Stepper:
    """Read random heat."""
    readers = [HeatReader(weights) for _ in EYES]
    heat = np.random.default_rng(2).random(Eye(weights).heat_shape) < 0.05
    period = steps_of_frame(weights.dynamics)

    def run(steps: int) -> None:
        for _ in range(steps // period):
            for reader in readers:
                reader.read(heat)

    return run


if __name__ == "__main__":
    main(tyro.cli(Options))
