"""Studies in front of a person: results come first, whatever fails afterwards."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pyarrow.parquet as pq
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.console.conducting import conduct
from spikearm.experiments.console.problems import UnexpectedError
from spikearm.experiments.studies.study import Batch, Measure, Study


class Halves(Study[float]):
    """Halves of 0, 1 and 2, of which something fails.

    Args:
        failing: Name of the method that fails.
        error: What it raises.
    """

    details_file, picture_file = "halves.parquet", "halves.html"

    def __init__(self, failing: str = "", error: BaseException | None = None) -> None:
        self.failing, self.error = failing, error

    def _do(self, name: str, result: Any) -> Any:
        if name == self.failing and self.error is not None:
            raise self.error
        return result

    def batches(self) -> Iterator[Batch[float]]:
        @contextmanager
        def prepare() -> Iterator[Measure[float]]:
            yield lambda number: self._do("measure" if number == 2 else "", number / 2)

        yield Batch("halves", 3, prepare, jobs=1)

    def rows(self, outcomes: Sequence[float]) -> list[dict[str, Any]]:
        return self._do("rows", [{"half": one} for one in outcomes])

    def details(self, outcomes: Sequence[float]) -> list[dict[str, Any]]:
        return self._do("details", [{"half": one} for one in outcomes])

    def verdict(self, outcomes: Sequence[float]) -> str:
        return self._do("verdict", f"{len(outcomes)} were halved.")

    def tables(self, outcomes: Sequence[float]) -> list[str]:
        return self._do("tables", [f"halves: {list(outcomes)}"])

    def figure(self, outcomes: Sequence[float]) -> go.Figure:
        return self._do("figure", go.Figure())


FILES = {"config.json", "summary.json", "halves.parquet", "halves.html"}
WITHOUT = {
    "rows": set(),
    "details": set(),
    "verdict": set(),
    "tables": set(),
    "figure": {"halves.html"},
}
ERRORS = [ZeroDivisionError("in a plot"), MemoryError(), SystemExit(4), UnicodeError("of a name")]


@pytest.mark.parametrize("failing", WITHOUT)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_fails_after_the_measurement_all_else_is_written(failing, error, tmp_path, capsys):
    folder = tmp_path / "new"
    with pytest.raises(UnexpectedError, match=f"{type(error).__name__}.*traceback.txt"):
        conduct(Halves(failing, error), {"command": "halves"}, folder)
    left = {path.name for path in folder.iterdir()}
    assert left == FILES - WITHOUT[failing] | {"traceback.txt"}
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["rows"] == ([] if failing == "rows" else [{"half": k / 2} for k in range(3)])
    assert summary["status"] == ("failed" if failing in ("rows", "details") else "complete")
    n_details = 0 if failing == "details" else 3
    assert pq.read_table(folder / "halves.parquet").num_rows == n_details
    assert f"raise self.error\n{type(error).__name__}" in (folder / "traceback.txt").read_text()
    printed = capsys.readouterr().out
    assert printed.startswith("3 were halved.\n") == (failing != "verdict")
    assert ("halves: [0.0, 0.5, 1.0]" in printed) == (failing != "tables")
    assert "Results: " in printed


@pytest.mark.parametrize("error", [*ERRORS, SpikearmError("it fell"), KeyboardInterrupt()])
def test_what_was_measured_before_a_failure_is_written(error, tmp_path):
    folder = tmp_path / "new"
    known = isinstance(error, SpikearmError | KeyboardInterrupt)
    with pytest.raises(type(error) if known else UnexpectedError):
        conduct(Halves("measure", error), {"command": "halves"}, folder)
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["rows"] == [{"half": 0.0}, {"half": 0.5}]
    assert summary["status"] == (
        "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
    )
    assert (folder / "traceback.txt").exists() != known
    assert [path for path in tmp_path.iterdir() if path != folder] == []


def test_a_failure_before_anything_is_measured_keeps_its_traceback(tmp_path):
    class Unprepared(Halves):
        def batches(self) -> Iterator[Batch[float]]:
            raise ZeroDivisionError("before")
            yield

    with pytest.raises(UnexpectedError, match="ZeroDivisionError: before"):
        conduct(Unprepared(), {"command": "halves"}, tmp_path / "new")
    left = {path.name for path in Path(tmp_path / "new").iterdir()}
    assert left == {"config.json", "summary.json", "traceback.txt"}
