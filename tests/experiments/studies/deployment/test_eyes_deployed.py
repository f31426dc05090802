"""Deployment of a controller with two eyes in its network: one chip, and what its border needs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.eye_on_chip.border import Border
from spikearm.experiments.eye_on_chip.chip_eyes import EYES, ChipEyes
from spikearm.experiments.studies.deployment.deployment import (
    ControllerDeployment,
    MappingConfig,
    deploy_controller,
)
from spikearm.experiments.studies.deployment.drive import DriveConfig
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.perception.eye.random_eye import random_eye

SIZE, N_EVENTS = 12, (17, 30)
DRIVE = DriveConfig(radius=0.03, duration=0.12, speed_limits=False)


def make_eyes() -> ChipEyes:
    """Make eyes whose cameras send the same number of events in every frame."""
    rng = np.random.default_rng(0)

    def look() -> np.ndarray:
        frames = np.zeros((2, SIZE * SIZE * 2))
        for frame, n in zip(frames, N_EVENTS, strict=True):
            frame[rng.choice(frame.size, n, replace=False)] = 1.0
        return frames

    return ChipEyes(random_eye(rng, SIZE, (34, 4), (5, 3), (2, 2), share=0.1), look)


def deployed(trained: TrainedController, eyes: ChipEyes | None) -> ControllerDeployment:
    return deploy_controller(load_arm("gen3"), trained, DRIVE, BoardConfig(), eyes=eyes)


@pytest.fixture(scope="module")
def alone(trained) -> ControllerDeployment:
    return deployed(trained, None)


@pytest.fixture(scope="module")
def together(trained) -> ControllerDeployment:
    return deployed(trained, make_eyes())


def test_both_eyes_and_the_controller_fit_one_chip(alone, together):
    assert together.report.ok
    cores = [sum(one.stages.deployment.placement.cores_per_chip) for one in (alone, together)]
    assert cores[1] - cores[0] == 2 * (2 + 1)  # two of the first layer, one of the second
    names = " ".join(core.name for core in together.stages.deployment.placement.cores)
    assert all(f"{name}: layer {k}" in names for name in EYES for k in (1, 2))


def test_events_do_not_count_as_spikes_of_the_link(alone, together):
    rows: list[Any] = [
        next(row for row in one.report.rows if row.resource == limits.HOST_SPIKES.resource)
        for one in (alone, together)
    ]
    assert rows[0].limit == rows[1].limit
    assert rows[0].used == rows[1].used


def test_the_border_tells_of_all_events(together):
    border = together.stages.border
    assert isinstance(border, Border)
    assert (border.n_cameras, border.mean, border.most) == (2, sum(N_EVENTS), sum(N_EVENTS))
    assert sum(N_EVENTS) < border.messages < 2 * sum(N_EVENTS)  # some go to both blocks of a layer
    assert f"{sum(N_EVENTS)} events" in str(border)


def test_an_eye_is_not_split(trained):
    with pytest.raises(SpikearmError, match="without eyes"):
        deploy_controller(
            load_arm("gen3"), trained, DRIVE, BoardConfig(), MappingConfig(split=True), make_eyes()
        )


@pytest.mark.slow
def test_the_command_lets_eyes_watch_a_scene(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    eye = random_eye(np.random.default_rng(0), 16, (6, 4), (5, 3), (2, 2))
    for name, made in (("controller.npz", trained), ("eye.npz", eye)):
        with Path(name).open("wb") as file:
            made.save(file)
    options = [
        "deploy", "--radius", "0.03", "--duration", "0.12", "--no-speed-limits", "--log",
        "log.jsonl", "--trained", "controller.npz", "--eye", "--eye-weights", "eye.npz",
    ]  # fmt: skip
    assert main(options) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("The controller of gen3 with two eyes fits the chip")
    entry = json.loads(Path("log.jsonl").read_text())
    assert entry["eye_weights"] == "eye.npz"
    assert entry["border"]["mean"] > 0
    assert main([*options, "--backend", "board"]) == BAD_INPUT
