"""Files that are damaged, of another version, or find no room: in every command that has to do
with files, one sentence, exit status 2, and nothing half-written."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from spikearm.experiments.cli import BAD_INPUT, main

CONTROLLER = "controller.npz"
REACH = [
    "--targets", "1", "--radius", "0.03", "--duration", "0.1", "--hold", "0.01",
    "--no-speed-limits",
]  # fmt: skip
TRAINED = ["--trained", CONTROLLER]
READERS = {
    "run": ["run", "--controller", "spiking", *REACH, *TRAINED, "--out", "new"],
    "bench": ["bench", "--controllers", "loihi", *REACH, *TRAINED, "--out", "new"],
    "deploy": ["deploy", *TRAINED, "--log", "new.jsonl"],
    "export": ["export", *TRAINED, "--out", "new.npz"],
}
ANALYTIC = ["run", "--controller", "analytic", *REACH, "--no-report"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch, trained):
    """Work in a folder with nothing but a controller."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    with Path(CONTROLLER).open("wb") as file:
        trained.save(file)


def snapshot() -> dict[str, bytes]:
    return {str(p): p.read_bytes() if p.is_file() else b"" for p in Path().rglob("*")}


def check_refused(arguments: list[str], capsys: Any, *sentence: str) -> None:
    """Check that a command says so in a sentence, and leaves everything as it was."""
    before = snapshot()
    capsys.readouterr()
    assert main(arguments) == BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("spikearm: ")
    assert said.count("\n") == 1
    for part in sentence:
        assert part in said
    assert snapshot() == before


def rewritten(**changes: Any) -> Callable[[], None]:
    def spoil() -> None:
        with np.load(CONTROLLER) as arrays:
            kept = {name: arrays[name] for name in arrays.files} | changes
        np.savez(CONTROLLER, **kept)

    return spoil


def cut_short() -> None:
    whole = Path(CONTROLLER).read_bytes()
    Path(CONTROLLER).write_bytes(whole[: len(whole) // 2])


def of_text() -> None:
    Path(CONTROLLER).write_text("step,torque\n1,0.4\n")


def a_folder() -> None:
    Path(CONTROLLER).unlink()
    Path(CONTROLLER).mkdir()


SPOILED: dict[str, tuple[Callable[[], None], str]] = {
    "missing": (lambda: Path(CONTROLLER).unlink(), "There is no trained controller"),
    "a folder": (a_folder, "Cannot read 'controller.npz': Is a directory"),
    "cut short": (cut_short, "is no trained controller"),
    "of text": (of_text, "is no trained controller"),
    "not finite": (rewritten(latent=np.full((4, 80), np.nan)), "latent holds what is no finite"),
    "of another shape": (rewritten(latent=np.ones((4, 81))), "latent has shape (4, 81)"),
    "of a later version": (rewritten(format_version=np.array(7)), "version 7"),
}


@pytest.mark.parametrize("kind", SPOILED)
@pytest.mark.parametrize("command", READERS)
def test_a_controller_that_is_none_is_refused_by_every_command(command, kind, capsys):
    spoil, reason = SPOILED[kind]
    spoil()
    check_refused(READERS[command], capsys, CONTROLLER, reason)


@pytest.mark.parametrize("command", READERS)
def test_a_controller_of_another_arm_is_refused_by_every_command(command, capsys):
    reason = "moves joints joint_1, joint_2", "but arm 'panda' has"
    check_refused([*READERS[command], "--arm", "panda"], capsys, *reason)


@contextmanager
def no_file_larger_than(n_bytes: int) -> Iterator[None]:
    """Let the system refuse to write on, as a full disk does."""
    resource = pytest.importorskip("resource")  # not on Windows
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


DRIVE = ["--radius", "0.03", "--duration", "0.1", "--no-speed-limits"]
WRITERS = {
    "run": [*ANALYTIC, "--out", "a/new"],
    "bench": ["bench", "--controllers", "analytic", *REACH, "--no-report", "--out", "a/new"],
    "bundle": ["export", *TRAINED, "--run-time", "0.01", "--out", "a/new.npz"],
    "log": ["deploy", *TRAINED, *DRIVE, "--log", "a/new.jsonl"],
    "training": ["train", "--arm", "ur5e", "--reaches", "40", "--recordings", "200",
                 "--out", "begun"],
}  # fmt: skip


@pytest.mark.parametrize("what", WRITERS)
def test_what_finds_no_room_is_left_out_whole(what, capsys):
    with no_file_larger_than(1000):
        check_refused(WRITERS[what], capsys, "Cannot ", "free the disk")


def test_a_graph_that_finds_no_room_is_left_out_whole(capsys):
    pytest.importorskip("nir")
    with no_file_larger_than(1000):
        check_refused(
            ["export", *TRAINED, "--to", "nir", "--out", "a/new.nir"], capsys, "File too large"
        )


@pytest.fixture
def ran() -> Path:
    assert main([*ANALYTIC, "--out", "ran"]) == 0
    return Path("ran")


def test_a_report_that_finds_no_room_is_left_out_whole(ran, capsys):
    with no_file_larger_than(1000):
        check_refused(["report", "ran", "--out", "a/report.html"], capsys, "File too large")


def test_a_log_that_cannot_be_added_to_is_refused_before_the_work(capsys, monkeypatch):
    Path("file").write_text("")
    monkeypatch.setattr(
        "spikearm.experiments.commands.deploy.deploy_controller", lambda *_: pytest.fail("it began")
    )
    check_refused(["deploy", "--log", "file/new.jsonl"], capsys, "Cannot add to 'file/new.jsonl'")


def without(name: str, *keys: str) -> None:
    """Take a key out of a file of JSON."""
    path = Path("ran") / name
    whole = part = json.loads(path.read_text())
    for key in keys[:-1]:
        part = part[int(key)] if isinstance(part, list) else part[key]
    del part[keys[-1]]
    path.write_text(json.dumps(whole))


def without_a_column() -> None:
    path = Path("ran/trajectory.parquet")
    pq.write_table(pq.read_table(path).drop_columns(["step_latency_s"]), path)


DAMAGED: dict[str, tuple[Callable[[], object], str]] = {
    "config cut short": (lambda: Path("ran/config.json").write_text("{"), "is damaged"),
    "config without joints": (lambda: without("config.json", "joints"), "config.json lacks joints"),
    "row of another version": (lambda: without("summary.json", "rows", "0", "jerk"), "lacks jerk"),
    "row without its controller": (
        lambda: without("summary.json", "rows", "0", "controller"),
        "lacks controller",
    ),
    "no rows": (
        lambda: without("summary.json", "rows"),
        "is damaged, or of another version: summary.json lacks rows",
    ),
    "trajectory of another version": (without_a_column, "step_latency_s"),
    "no trajectory": (lambda: Path("ran/trajectory.parquet").unlink(), "has no trajectory.parquet"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_run_that_is_damaged_is_not_reported(kind, ran, capsys):
    spoil, reason = DAMAGED[kind]
    spoil()
    check_refused(["report", "ran"], capsys, "ran'", reason)
