"""Accuracy of eyes that were trained alike but for one thing, and of what needs no spikes.

.venv/bin/python benchmarks/eye.py trained/eye --seeds 3 --out docs/eye_controls.json

The folder is one of `spikearm train-eye`, whose scenes all of them learn from and are measured on.
"""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import load_arm
from spikearm.arm_models.rendering.scene_config import scene_cameras
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.training.eye_config import EyeConfig
from spikearm.experiments.training.eye_pipeline import EyeTraining
from spikearm.experiments.training.training_watcher import TrainingWatcher
from spikearm.neural.files.array_file import read_arrays
from spikearm.perception.eye.accuracy import Accuracy, measure_accuracy
from spikearm.perception.eye.eye_shape import EyeShape
from spikearm.perception.eye.eye_weights import EyeDynamics
from spikearm.perception.eye.scene_set import SceneSet

SCENES = ("scenes.npz", "held-out.npz")
VIEWS_AT_A_TIME = 200
DEEP = EyeShape((24,) * 4, (2, 1, 1, 1))  # six layers, with the first and the heat neurons


@dataclass(frozen=True)
class Options:
    """Train eyes alike but for one thing, in turn, and compare them.

    Attributes:
        folder: Folder of a `spikearm train-eye`, with its scenes.
        updates: Updates of each training.
        seeds: Trainings of each kind, with seeds from 0; those of controls beyond the first
            question are trained once.
        jobs: Trainings at a time.
        only: Names of kinds; all when left out.
        out: JSON file of everything measured.
    """

    folder: Annotated[Path, tyro.conf.Positional]
    updates: int = 300
    seeds: int = 3
    jobs: int = 2
    only: tuple[str, ...] = ()
    out: Path | None = None


@dataclass(frozen=True)
class Row:
    """Accuracy of a training.

    Attributes:
        kind: Name of what was trained.
        seed: Seed of the training.
        cpu_seconds: CPU time of the training, scenes left out [s].
        accuracy: Accuracy on held-out scenes.
    """

    kind: str
    seed: int
    cpu_seconds: float
    accuracy: Accuracy


def configs(updates: int) -> dict[str, EyeConfig]:
    """Return the spiking eyes by name."""
    usual = EyeConfig()
    usual = replace(usual, training=replace(usual.training, updates=updates))
    free = replace(usual.training, homeostasis=False)
    return {
        "SoftHebb kernels": usual,
        "random kernels": replace(usual, first=replace(usual.first, kernels="random")),
        "k-means kernels": replace(usual, first=replace(usual.first, kernels="kmeans")),
        "a quarter of the weights, complementary": replace(
            usual, shape=replace(usual.shape, sets=4)
        ),
        "depth 6, fluctuation-driven": replace(usual, shape=DEEP),
        "depth 6, Kaiming": replace(usual, shape=DEEP, start="kaiming"),
        "depth 6, fluctuation-driven, no homeostasis": replace(usual, shape=DEEP, training=free),
        "depth 6, Kaiming, no homeostasis": replace(
            usual, shape=DEEP, start="kaiming", training=free
        ),
    }


FRAMES = {"CNN on traces of events": "events", "CNN on grey pictures": "grey"}
THREE_SEEDS = ("SoftHebb kernels", "random kernels", *FRAMES)


def measure(kind: str, seed: int, options: Options) -> Row:
    """Train one kind, and measure it."""
    began = time.process_time()
    accuracy = _frames(kind, seed, options) if kind in FRAMES else _eye(kind, seed, options)
    return Row(kind, seed, time.process_time() - began, accuracy)


def _eye(kind: str, seed: int, options: Options) -> Accuracy:
    """Train a spiking eye on the folder's scenes."""
    config = replace(configs(options.updates)[kind], seed=seed)
    with TemporaryDirectory() as name:
        for scenes in SCENES:
            (Path(name) / scenes).symlink_to((options.folder / scenes).resolve())
        training = EyeTraining(load_arm("gen3"), config, Path(name), TrainingWatcher())
        return Accuracy(**training.run({}).about["accuracy"])


def _frames(kind: str, seed: int, options: Options) -> Accuracy:
    """Train a network of rectified linear units on single images."""
    from spikearm.perception.training.eye.frame_network import fit_frame_network

    scenes, held_out = (SceneSet(**read_arrays(options.folder / name)) for name in SCENES)
    config = configs(options.updates)["SoftHebb kernels"]
    images = [_images(one, FRAMES[kind]) for one in (scenes, held_out)]
    find = fit_frame_network(images[0], scenes, config.first, config.shape, config.training, seed)
    pixels = find(images[1]).reshape(*held_out.visible.shape, 2)
    cameras = scene_cameras(load_arm("gen3"))
    return measure_accuracy(pixels, np.ones(held_out.visible.shape), held_out, cameras)


def _images(scenes: SceneSet, source: str) -> np.ndarray:
    """Return an image of each view: traces of its events, or the last picture in grey."""
    if source == "grey":
        grey = scenes.colour.mean(axis=-1, keepdims=True) / 255 - 0.5
        return grey.reshape(scenes.n_views, *grey.shape[2:]).astype(np.float32)
    firsts = range(0, scenes.n_views, VIEWS_AT_A_TIME)
    numbers = (np.arange(first, min(first + VIEWS_AT_A_TIME, scenes.n_views)) for first in firsts)
    traces = [scenes.traces(some, EyeDynamics().decay) for some in numbers]
    return np.concatenate(traces).astype(np.float32)


def main(options: Options) -> None:
    """Measure, print and write."""
    kinds = [*configs(options.updates), *FRAMES]
    wanted = [kind for kind in kinds if not options.only or kind in options.only]
    tasks = [
        (kind, seed)
        for kind in wanted
        for seed in range(options.seeds if kind in THREE_SEEDS else 1)
    ]
    rows = list(_measured(tasks, options))
    Console().print(make_table(rows, options.updates))
    if options.out:
        result = {
            "provenance": provenance(), "updates": options.updates,
            "rows": [asdict(row) for row in rows],
        }  # fmt: skip
        options.out.write_text(json.dumps(result, indent=1) + "\n")


def _measured(tasks: list[tuple[str, int]], options: Options) -> Iterator[Row]:
    """Measure tasks in fresh processes, and print each row as it comes."""
    pool = ProcessPoolExecutor(options.jobs, get_context("spawn"), max_tasks_per_child=1)
    with pool:
        pending = [pool.submit(measure, kind, seed, options) for kind, seed in tasks]
        for future in pending:
            row = future.result()
            print(row.kind, row.seed, f"{row.cpu_seconds:.0f} CPU s:", row.accuracy, flush=True)
            yield row


def make_table(rows: list[Row], updates: int) -> Table:
    """Build a table, a line per kind."""
    title = f"Eyes after {updates} updates: targets that both cameras show"
    table = Table(title=title, title_justify="left")
    for heading in ("eye", "median error, seed by seed [mm]", "within 20 mm", "CPU s"):
        table.add_column(heading, justify="left" if heading == "eye" else "right")
    for kind in dict.fromkeys(row.kind for row in rows):
        mine = [row for row in rows if row.kind == kind]
        table.add_row(
            kind,
            ", ".join(f"{row.accuracy.position_error:.1f}" for row in mine),
            ", ".join(f"{row.accuracy.close:.2f}" for row in mine),
            f"{np.mean([row.cpu_seconds for row in mine]):.0f}",
        )
    return table


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(tyro.cli(Options))
