"""What is left when a command is ended in the middle, by whatever: all that was finished.

Commands run in forks of this process, small, and are ended at a random moment of their progress.
"""

import json
import os
import resource
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from spikearm.arm_models import ArmState, load_arm
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.references.reference import Reference
from spikearm.controller.training.compression import CompressionConfig, begin
from spikearm.controller.training.samples import Samples
from spikearm.controller.training.targets import fit_scaling, make_training_targets, rest_at
from spikearm.experiments.cli import BAD_INPUT, FAILED, INTERRUPTED, main
from spikearm.experiments.commands import train
from spikearm.experiments.console.progress import ProgressWatcher, TrainingBars
from spikearm.experiments.controllers import CONTROLLERS, ControllerSetup
from spikearm.experiments.training import pipeline

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")
PATIENCE = 10.0  # s, that nobody waits longer for the end of a command that is to end
PATIENCE_WITH_WORK = 120.0  # s, for one that goes on
OUT, DIARY, STDOUT, STDERR = "new", "diary", "stdout.txt", "stderr.txt"
REACH = ["--radius", "0.01", "--duration", "0.06", "--hold", "0.01"]
TRAINING = [
    "--arm", "ur5e", "--reaches", "24", "--recordings", "160", "--products", "40", "--radius",
    "0.05", "--tilt", "0.1", "--n-features", "20", "--n-code", "16", "--n-latent", "2", "--epochs",
    "1", "--batch", "64",
]  # fmt: skip
COMMANDS = {
    "bench": ["bench", "--controllers", "slow", "--targets", "5", *REACH],
    "adapt": [
        "adapt", "--controllers", "slow", "--perturbations", "payload=0.2", "friction=1",
        "--seeds", "2", "--trials", "2", "--probes", "0", "--neurons", "20", "--ensembles", "1",
        *REACH,
    ],
    "stress": [
        "stress", "--controllers", "slow", "--perturbations", "payload", "friction", "--targets",
        "2", *REACH,
    ],
    "train": ["train", *TRAINING],
}  # fmt: skip
N_ITEMS = {"bench": 10, "adapt": 4, "stress": 9, "train": 24}


class SlowController(JointPIDController):
    """PD control that takes its time, and fails in one of its motions if that is wanted."""

    fails_at: int | None = None

    def __init__(self, setup: ControllerSetup) -> None:
        super().__init__(setup.model, setup.gains)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        time.sleep(1e-4)
        if self.fails_at is not None and n_noted() >= self.fails_at:
            raise ZeroDivisionError("of a user's controller")
        return super().torque(state, reference)


def n_noted() -> int:
    """Count the items that the command's progress has shown as finished."""
    return len(Path(DIARY).read_bytes()) if Path(DIARY).exists() else 0


def note_progress(patch: pytest.MonkeyPatch) -> None:
    """Write a letter into a file for every item that is shown as finished."""
    for watcher, name in ((ProgressWatcher, "measured"), (TrainingBars, "advance")):

        def noted(self: Any, shown: Callable[[Any], None] = getattr(watcher, name)) -> None:
            shown(self)
            with Path(DIARY).open("ab", buffering=0) as file:
                file.write(b".")

        patch.setattr(watcher, name, noted)


@dataclass
class Running:
    """A command that runs in a fork of this process, with its own session."""

    process: int
    reader: int
    status: int | None = field(default=None)

    def processes(self) -> list[int]:
        """List the living processes of its session, first itself."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
                if int(session) == self.process and state not in "ZX":
                    found.append(int(path.parent.name))
        return sorted(found)

    def wait_for(self, n_items: int) -> None:
        """Wait until so many items are finished, or the command is."""
        while n_noted() < n_items and not self.poll():
            time.sleep(0.002)

    def poll(self) -> bool:
        """Return whether it has ended."""
        if self.status is None:
            done, status = os.waitpid(self.process, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait_for_the_end(self, patience: float) -> int:
        """Wait until it has ended with all of its processes, but not longer than a time [s]."""
        began = time.monotonic()
        while not self.poll() or self.processes():
            assert time.monotonic() - began < patience, self.processes()
            time.sleep(0.01)
        assert self.status is not None
        return self.status


def start(arguments: list[str]) -> Running:
    """Start a command with its output to a pipe and its errors to a file."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which are not needed
        process = os.fork()
    if process:
        os.close(writer)
        return Running(process, reader)
    status = 70
    try:
        os.setsid()
        warnings.simplefilter("ignore")
        os.close(reader)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
        errors = os.open(STDERR, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for descriptor, stream in ((writer, 1), (errors, 2)):
            os.dup2(descriptor, stream)
            os.close(descriptor)
        sys.stdout, sys.stderr = (os.fdopen(stream, "w") for stream in (1, 2))
        status = main([*arguments, "--jobs", "2", "--out", OUT])
        sys.stdout.flush()
    finally:
        os._exit(status)


@dataclass(frozen=True)
class NoVerdict:
    """Stands in for the verdict on a trained controller, which takes time."""

    is_good: bool = True


def train_little(patch: pytest.MonkeyPatch) -> None:
    """Let a training make few recordings at a time, and leave its verdict out."""
    patch.setattr(pipeline, "BATCH", 16)
    patch.setattr(train, "try_controller", lambda *_: NoVerdict())


@pytest.fixture
def small(tmp_path, monkeypatch) -> pytest.MonkeyPatch:
    """Work in an empty folder, with a slow controller and a diary of progress."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(
        CONTROLLERS, "slow", replace(CONTROLLERS["pd"], make=lambda setup: SlowController(setup))
    )
    monkeypatch.setattr(pipeline, "REACHES_PER_FILE", 2)
    train_little(monkeypatch)
    note_progress(monkeypatch)
    return monkeypatch


@pytest.fixture(scope="module")
def compression(tmp_path_factory) -> Path:
    """Make the file of a deep network that was not trained, which spares TensorFlow."""
    rng = np.random.default_rng(2)
    arm = load_arm("ur5e")
    n, n_joints = 100, 6
    samples = Samples(
        arm.chain.home + 0.3 * rng.normal(size=(n, n_joints)), rng.normal(size=(n, n_joints)),
        rng.normal(size=(n, n_joints, 6)), rng.normal(size=(n, n_joints)),
    )  # fmt: skip
    scaling = rest_at(fit_scaling(samples), arm.chain.home)
    targets = make_training_targets(samples, scaling, arm.model)
    config = CompressionConfig(n_features=20, n_code=16, n_latent=2)
    path = tmp_path_factory.mktemp("begun") / "compression.npz"
    np.savez(path, **vars(begin(targets, config, rng)))
    return path


@pytest.fixture(scope="module")
def trained_weights(compression, tmp_path_factory) -> dict[str, np.ndarray]:
    """Train without being disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(compression, folder)
    with pytest.MonkeyPatch.context() as patch:
        train_little(patch)
        assert main([*COMMANDS["train"], "--jobs", "1", "--out", str(folder)]) == 0
    return read_weights(folder)


def read_weights(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "controller.npz") as arrays:
        return {name: arrays[name] for name in arrays.files if arrays[name].dtype.kind == "f"}


def n_kept(command: str) -> int:
    """Count the finished items that are on the disk."""
    folder = Path(OUT)
    if command == "train":
        return sum(len(np.load(path)["lengths"]) for path in folder.glob("samples-*.npz"))
    if command == "bench":
        table = pq.read_table(folder / "trajectory.parquet", columns=["controller", "target"])
        rows = json.loads((folder / "summary.json").read_text())["rows"]
        n_lost = sum(len(row["losses"]) for row in rows)
        return len(set(zip(*table.to_pydict().values(), strict=True))) + n_lost
    if command == "adapt":
        rows = json.loads((folder / "summary.json").read_text())["rows"]
        return sum(row["problem"] is None for row in rows)
    table = pq.read_table(folder / "reaches.parquet", columns=["perturbation", "strength"])
    return len(set(zip(*table.to_pydict().values(), strict=True)))


def check_nothing_lost(command: str, n_finished: int, status: str) -> None:
    """Check that all that was finished is on the disk, and no half of anything."""
    drafts = [path for path in Path().rglob(".*") if path.name.startswith(".")]
    assert drafts == []
    if command != "train":
        if n_finished:
            assert n_kept(command) >= n_finished
            assert json.loads(Path(OUT, "summary.json").read_text())["status"] == status
            assert json.loads(Path(OUT, "config.json").read_text())["command"] == command
    elif not Path(OUT, "samples.npz").exists():
        assert n_kept(command) >= n_finished - n_finished % 2


def check_resumed(weights: dict[str, np.ndarray]) -> None:
    """Check that a training that was ended comes to the weights of one that was not."""
    resumed_before = json.loads(Path(OUT, "config.json").read_text())["resumed"]
    finished = Path(OUT, "controller.npz").exists()
    assert main([*COMMANDS["train"], "--jobs", "1", "--out", OUT]) == 0
    made = read_weights(Path(OUT))
    assert made.keys() == weights.keys()
    for name, array in weights.items():
        np.testing.assert_array_equal(made[name], array, err_msg=name)
    resumed = json.loads(Path(OUT, "config.json").read_text())["resumed"]
    assert len(resumed) == len(resumed_before) + (not finished)


def kill_a_worker(running: Running) -> None:
    workers = running.processes()[2:]  # after the command itself and its guardian
    for worker in workers[:1]:
        os.kill(worker, signal.SIGKILL)


def kill_the_parent(running: Running) -> None:
    os.kill(running.process, signal.SIGKILL)


def press_ctrl_c(running: Running) -> None:
    os.killpg(running.process, signal.SIGINT)


def ask_to_end(running: Running) -> None:
    os.killpg(running.process, signal.SIGTERM)


def fill_the_disk(running: Running) -> None:
    """Let no file grow beyond what data take, so that pictures find no room."""
    resource.prlimit(running.process, resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def close_stdout(running: Running) -> None:
    os.close(running.reader)


def nothing(running: Running) -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """What ends a command.

    Attributes:
        act: Function that makes the fault.
        statuses: Exit statuses that may follow.
        status: Status that is written with the results.
        said: Words on the error stream.
        ends: True if it ends the work.
    """

    act: Callable[[Running], None]
    statuses: set[int]
    status: str
    said: str = ""
    ends: bool = True


FAULTS = {
    "a worker is killed": Fault(kill_a_worker, {BAD_INPUT}, "failed", "worked was killed"),
    "the parent is killed": Fault(kill_the_parent, {-signal.SIGKILL}, "failed"),
    "Ctrl-C is pressed": Fault(press_ctrl_c, {INTERRUPTED}, "interrupted", "Interrupted. "),
    "it is asked to end": Fault(ask_to_end, {128 + signal.SIGTERM}, "interrupted", "Interrupted. "),
    "the disk is full": Fault(fill_the_disk, {BAD_INPUT}, "complete", "File too large", ends=False),
    "stdout goes away": Fault(close_stdout, {0}, "complete", ends=False),
    "the controller raises": Fault(nothing, {FAILED}, "failed", "ZeroDivisionError: of a user's"),
}  # fmt: skip
FAST = {
    ("bench", "the parent is killed"), ("bench", "the controller raises"),
    ("adapt", "Ctrl-C is pressed"), ("stress", "a worker is killed"),
    ("stress", "the disk is full"),
}  # fmt: skip
CASES = [
    pytest.param(command, fault, marks=() if (command, fault) in FAST else pytest.mark.slow)
    for command in COMMANDS
    for fault in FAULTS
]


@pytest.mark.parametrize(("command", "fault"), CASES)
def test_nothing_finished_is_lost(command, fault, small, compression, request):
    made, rng = FAULTS[fault], np.random.default_rng([*command.encode(), *fault.encode()])
    n_items = int(rng.integers(1, N_ITEMS[command] - 1))
    if command == "train":
        Path(OUT).mkdir()
        shutil.copy(compression, OUT)
    if fault == "the controller raises":
        raise_at(small, command, n_items)
    running = start(COMMANDS[command])
    running.wait_for(n_items)
    time.sleep(rng.uniform(0, 0.05))
    n_finished = n_noted()
    assert not running.poll(), Path(STDERR).read_text()
    made.act(running)
    status = running.wait_for_the_end(PATIENCE if made.ends else PATIENCE_WITH_WORK)
    said = Path(STDERR).read_text()
    if command == "train" and fault in ("the disk is full", "stdout goes away"):
        assert status == 0, said  # its files are small, and it says nothing on the way
    else:
        assert status in made.statuses, said
        assert made.said in said
    assert "Traceback" not in said
    check_nothing_lost(command, n_finished, made.status)
    if fault == "the controller raises":
        assert "ZeroDivisionError" in Path(OUT, "traceback.txt").read_text()
    if command == "train":
        here = Path.cwd()
        small.undo()
        small.chdir(here)
        train_little(small)
        check_resumed(request.getfixturevalue("trained_weights"))


def raise_at(patch: pytest.MonkeyPatch, command: str, n_items: int) -> None:
    """Let the controller fail after so many items; in a training, the sampling."""
    patch.setattr(SlowController, "fails_at", n_items)

    def sample(*arguments: Any, whole: Any = pipeline.sample_reach, **options: Any) -> Samples:
        if command == "train" and n_noted() >= n_items:
            raise ZeroDivisionError("of a user's arm")
        return whole(*arguments, **options)

    patch.setattr(pipeline, "sample_reach", sample)
