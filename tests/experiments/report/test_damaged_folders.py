"""Folders whose files are well-formed, but hold other values than expected: every key of a good
folder is replaced by a value of every wrong kind, and either the report refuses it in a sentence
that names the file, or it is written."""

import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments import panels
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.records import reach_file, reading
from spikearm.experiments.records.records import read_run
from spikearm.experiments.report import report, study_folder
from spikearm.experiments.report.report import write_report
from spikearm.experiments.report.study_folder import read_study
from spikearm.experiments.report.study_report import write_study_report

FOLDERS = ("ran", "learned", "stressed")
TABLES = {"ran": "trajectory.parquet", "learned": "learning.parquet"}
UNREAD = {"trial", "normalised_error"}  # columns that are worked out from others
WRONG: dict[str, Any] = {
    "null": None, "true": True, "text": "[/red] :boom: </script>", "number": 0.5, "zero": 0,
    "negative": -3, "huge": 10**30, "larger": 10**400, "list": [], "texts": ["a", "b"],
    "object": {}, "objects": [{"a": 1}],
}  # fmt: skip
FEW = 6  # the fast test gives each place one of this many wrong kinds
Place = tuple[str | int, ...]


@pytest.fixture
def quick(monkeypatch, folders, name):
    """Read the motions once, draw no picture where rows are good, and write no library."""
    if name == "config.json":
        monkeypatch.setattr(
            study_folder, "READERS", dict.fromkeys(("adapt", "stress"), nothing_shown)
        )
    monkeypatch.setattr(panels.plotly.io, "to_html", lambda *_, **__: "")
    reaches = read_run(folders / "ran").reaches
    monkeypatch.setattr(reach_file, "read_reaches", lambda _: reaches)


def nothing_shown(folder: Path, rows: Any) -> tuple[str, list[str], list[panels.Panel]]:
    return "", [], []


def show(folder: Path, out: Path) -> None:
    if folder.name == "ran":
        write_report([read_run(folder)], out)
    else:
        write_study_report([read_study(folder)], out)


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Walk over every key and index of JSON."""
    yield place
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield from places(inner, (*place, key))


def replaced(value: Any, place: Place, other: Any) -> Any:
    if not place:
        return other
    whole = part = copy.deepcopy(value)
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = other
    return whole


def check_every_value(folder: Path, name: str, out: Path, one_of: int) -> int:
    """Replace every value of a file, and return how often that was refused."""
    good = json.loads((folder / name).read_text())
    n_refused = 0
    for number, place in enumerate(places(good)):
        for kind in list(WRONG)[number % one_of :: one_of]:
            other = WRONG[kind]
            (folder / name).write_text(json.dumps(replaced(good, place, other)))
            try:
                if folder.name == "ran":
                    report._check("ran", read_run(folder))
                else:
                    read_study(folder)
            except SpikearmError as error:
                n_refused += 1
                said = str(error)
                assert "\n" not in said, (place, kind)
                assert f"{folder.name}' is damaged" in said, (place, kind)
                assert "Run it again." in said, (place, kind)
            else:
                if one_of == 1:
                    show(folder, out)
    return n_refused


@pytest.mark.parametrize("name", ["config.json", "summary.json"])
@pytest.mark.parametrize("written", FOLDERS)
def test_a_wrong_value_is_refused_or_shown(written, name, folders, tmp_path, quick):
    shutil.copytree(folders / written, tmp_path / written)
    n_refused = check_every_value(tmp_path / written, name, tmp_path / "page.html", FEW)
    assert n_refused > 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["config.json", "summary.json"])
@pytest.mark.parametrize("written", FOLDERS)
def test_every_wrong_value_is_refused_or_shown(written, name, folders, tmp_path, quick):
    shutil.copytree(folders / written, tmp_path / written)
    check_every_value(tmp_path / written, name, tmp_path / "page.html", 1)


@pytest.mark.parametrize("written", FOLDERS)
def test_a_missing_key_is_named(written, folders, tmp_path):
    folder = shutil.copytree(folders / written, tmp_path / written)
    good = json.loads((folder / "summary.json").read_text())
    for key in ("status", "rows"):
        (folder / "summary.json").write_text(
            json.dumps({name: value for name, value in good.items() if name != key})
        )
        with pytest.raises(SpikearmError, match=f"summary.json lacks {key}"):
            show(folder, tmp_path / "page.html")


@pytest.mark.parametrize("written", TABLES)
def test_every_column_of_another_type_is_refused(written, folders, tmp_path):
    folder = shutil.copytree(folders / written, tmp_path / written)
    path = folder / TABLES[written]
    good = pq.read_table(path)
    read = read_run if written == "ran" else read_study
    for number, name in enumerate(good.column_names):
        if name in UNREAD:
            continue
        other = [None, [[1.0]], {"a": 1}][number % 3]
        column = pa.array([other] * good.num_rows)
        pq.write_table(good.set_column(number, name, column), path)
        with pytest.raises(SpikearmError, match=f"{written}' is damaged"):
            read(folder)


def test_a_table_that_claims_gigabytes_is_refused_before_it_is_read(folders, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 2**20)  # one of gigabytes takes time to write
    folder = shutil.copytree(folders / "ran", tmp_path / "ran")
    n_rows = 2**18
    pq.write_table(pa.table({"time": pa.array([0.0] * n_rows)}), folder / TABLES["ran"])
    assert (folder / TABLES["ran"]).stat().st_size < 2**16
    monkeypatch.setattr(pq, "read_table", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(SpikearmError, match=f"claims {8 * n_rows} bytes"):
        read_run(folder)


@pytest.mark.parametrize("name", ["config.json", "summary.json"])
@pytest.mark.parametrize("written", FOLDERS)
def test_a_pipe_in_place_of_a_file_does_not_wait(written, name, folders, tmp_path, capsys):
    folder = shutil.copytree(folders / written, tmp_path / written)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert main(["report", str(folder), "--out", str(tmp_path / "page.html")]) == BAD_INPUT
    assert capsys.readouterr().err.startswith(f"spikearm: '{folder}' is ")
