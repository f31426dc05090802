"""``spikearm reproduce``: folder, table, what is left after Ctrl-C, and words for wrong names."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go
import pyarrow.parquet as pq
import pytest

from spikearm.experiments.cli import BAD_INPUT, INTERRUPTED, main
from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import Measurement, values_of
from spikearm.experiments.studies.reproductions.part import Part
from spikearm.experiments.studies.reproductions.registry import REPRODUCTIONS
from spikearm.experiments.studies.reproductions.reproduction import Reproduction


@dataclass(frozen=True)
class Powers(Reproduction):
    """Squares and cubes of the seeds."""

    stops: bool = False

    citation = "Nobody 1900: On squares"
    summary = "Squares are less than cubes."

    def parts(self, quick: bool) -> Sequence[Part]:
        return [Part("powers", ("square", "cube"), (2, 3) if quick else (2, 3, 4), self.power)]

    def power(self, condition: str, seed: int) -> Mapping[str, float]:
        if self.stops and seed == 3:
            raise KeyboardInterrupt
        return {"value": seed ** {"square": 2, "cube": 3}[condition], "not finite": float("nan")}

    def findings(self, measurements: Sequence[Measurement]) -> list[Finding]:
        squares = values_of(measurements, "powers", "square", "value")
        cubes = values_of(measurements, "powers", "cube", "value")
        return [Finding("square", "at most 9", squares, "cube", cubes, most=9)]

    def figure(self, measurements: Sequence[Measurement]) -> go.Figure:
        return go.Figure(layout={"title": f"{len(measurements)} numbers"})


@pytest.fixture(autouse=True)
def powers(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setitem(REPRODUCTIONS, "powers", Powers())
    monkeypatch.setitem(REPRODUCTIONS, "stops", Powers(stops=True))


def summary(folder: str) -> dict:
    return json.loads((Path(folder) / "summary.json").read_text())


@pytest.mark.parametrize(("options", "verdict"), [([], "differs"), (["--quick"], "reproduced")])
def test_a_reproduction_leaves_findings_numbers_and_a_figure(options, verdict, capsys):
    assert main(["reproduce", "powers", "--out", "out", "--jobs", "2", *options]) == 0
    printed = capsys.readouterr().out
    assert "Squares are less than cubes." in printed and "On squares" in printed
    (row,) = summary("out")["rows"]
    assert row["verdict"] == verdict and verdict in printed
    assert row["here"][:2] == [4, 9] and row["control"][:2] == [8, 27]
    numbers = pq.read_table("out/measurements.parquet").to_pylist()
    assert {"part": "powers", "condition": "cube", "seed": 3, "quantity": "value",
            "value": 27.0} in numbers  # fmt: skip
    assert json.loads(Path("out/config.json").read_text())["citation"].startswith("Nobody 1900")
    assert "numbers" in Path("out/figure.html").read_text()


def test_what_was_measured_before_ctrl_c_is_kept():
    assert main(["reproduce", "stops", "--out", "out", "--jobs", "1"]) == INTERRUPTED
    written = summary("out")
    assert written["status"] == "interrupted"
    (row,) = written["rows"]
    assert row["here"] == [4] and row["control"] == [8]


def test_an_unknown_work_is_refused_with_the_names_of_those_there_are(capsys):
    assert main(["reproduce", "nobody1900", "--quick"]) == BAD_INPUT
    assert "dewolf2023" in capsys.readouterr().err
    assert not Path("runs").exists()


def test_packages_that_are_missing_are_named_before_anything_is_measured(monkeypatch, capsys):
    needs = (("numpy", "core"), ("no_such_package", "reproduce"), ("nor_this", "train"))
    monkeypatch.setattr(Powers, "needs", needs)
    assert main(["reproduce", "powers", "--out", "out"]) == BAD_INPUT
    said = " ".join(capsys.readouterr().err.split())
    assert "needs no_such_package, nor_this" in said and "spikearm[reproduce,train]" in said
    assert not Path("out").exists()


def test_a_folder_that_is_taken_is_refused_before_anything_is_measured(capsys):
    Path("taken").mkdir()
    Path("taken/file").write_text("")
    assert main(["reproduce", "powers", "--out", "taken"]) == BAD_INPUT
    assert "--out" in capsys.readouterr().err
