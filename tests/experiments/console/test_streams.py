"""Streams that fail: what was finished is written all the same."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

from spikearm.experiments.cli import FAILED, main
from spikearm.experiments.console.streams import DroppingStream, open_missing

RUN = [
    "run", "--controller", "analytic", "--targets", "1", "--radius", "0.03", "--duration", "0.1",
    "--hold", "0.01", "--no-report", "--out", "new",
]  # fmt: skip


def a_pipe_without_a_reader() -> IO[str]:
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


def a_full_disk() -> IO[str]:
    return Path("/dev/full").open("w")


FAILING = {
    "no reader": (a_pipe_without_a_reader, 0, ""),
    "a full disk": (a_full_disk, FAILED, "spikearm: Cannot print all: No space left on device."),
    "none": (lambda: None, 0, ""),
}


@pytest.fixture
def failing() -> Iterator[Callable[[str], IO[str] | None]]:
    """Open a stream that fails."""
    with ExitStack() as opened:

        def open_failing(kind: str) -> IO[str] | None:
            stream = FAILING[kind][0]()
            return stream and opened.enter_context(stream)

        yield open_failing


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")


@needs_linux
@pytest.mark.parametrize("kind", FAILING)
def test_a_run_whose_output_goes_nowhere_is_written(kind, failing, tmp_path, monkeypatch, capsys):
    _, status, sentence = FAILING[kind]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdout", failing(kind))
    assert main(RUN) == status
    assert Path("new/summary.json").exists()
    assert capsys.readouterr().err.startswith(sentence)


@needs_linux
@pytest.mark.parametrize("kind", FAILING)
def test_a_run_whose_progress_goes_nowhere_is_written(kind, failing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")  # else there is no progress to be shown
    monkeypatch.setattr(sys, "stderr", failing(kind))
    assert main(RUN) == 0
    assert Path("new/summary.json").exists()


@needs_linux
@pytest.mark.parametrize("words", [[], ["--version"], ["arms"], ["run", "--help"]])
def test_whoever_has_read_enough_gets_no_traceback(words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", a_pipe_without_a_reader())
    try:
        status = main(words)
    except SystemExit as left:
        status = left.code
    assert status == 0
    sys.stdout.close()  # as Python does when it ends
    assert "Traceback" not in capsys.readouterr().err


def test_what_a_stream_cannot_encode_is_replaced(monkeypatch):
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, "ascii"))
    stream = DroppingStream("stdout")
    stream.write("12 \u00b5s \udcff")
    stream.flush()
    assert data.getvalue() == b"12 ?s ?"
    assert stream.take_loss() is None


def test_descriptors_that_were_closed_are_not_given_to_files():
    kept = os.dup(0)
    os.close(0)
    try:
        open_missing()
        with Path(__file__).open() as file:
            assert file.fileno() > 2
        assert os.fstat(0).st_rdev == Path(os.devnull).stat().st_rdev
    finally:
        os.dup2(kept, 0)
        os.close(kept)
