"""Reports of learning and of robustness, from the folders that their commands wrote."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from rich.text import Text

from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.report.html_tables import HtmlTable, html_block
from spikearm.experiments.report.study_folder import read_study
from spikearm.experiments.tables import Line, compare, explain

REACH = [
    "--radius", "0.03", "--duration", "0.12", "--hold", "0.03", "--jobs", "1",
    "--no-speed-limits",
]  # fmt: skip


def printed(words: list[str], capsys: pytest.CaptureFixture) -> str:
    assert main(words) == 0
    return " ".join(capsys.readouterr().out.split())


def test_a_report_shows_learning_and_robustness_one_below_the_other(folders, capsys):
    page = folders / "page.html"
    names = [str(folders / name) for name in ("learned", "stressed")]
    assert "Report:" in printed(["report", *names, "--out", str(page)], capsys)
    text = page.read_text()
    assert "Learning: gen3, learned" in text
    assert "Robustness: gen3, stressed" in text
    assert "payload 2 kg" in text
    assert "delay of the torque ms" in text
    assert text.count("complete") >= 2


def test_what_is_read_back_is_what_was_written(folders):
    learned, stressed = (read_study(folders / name) for name in ("learned", "stressed"))
    assert (learned.command, learned.status) == ("adapt", "complete")
    rows = json.loads((folders / "stressed" / "summary.json").read_text())["rows"]
    rmse = [row["position_rmse_m"] for row in rows]
    heights = {2000.0 if one is None else round(1e3 * one, 9) for one in rmse}  # 2 m: lost
    (panel,) = stressed.panels
    drawn = [trace for trace in panel.figure.data if trace.mode == "lines+markers"]
    assert {round(y, 9) for trace in drawn for y in trace.y} == heights
    trials = pq.read_table(folders / "learned" / "learning.parquet").to_pylist()
    first = [row["normalised_error"] for row in trials if row["phase"] == "learning"]
    (panel,) = learned.panels
    (line,) = (trace for trace in panel.figure.data if trace.showlegend)
    np.testing.assert_allclose(line.y, np.maximum(first, 1e-3))


def test_runs_and_studies_are_not_mixed(folders, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    run = ["run", "--controller", "pd", "--targets", "1", "--no-report", *REACH, "--out", "run"]
    assert main(run) == 0
    assert main(["report", "run", str(folders / "learned")]) == BAD_INPUT
    assert "do not share a report" in " ".join(capfd.readouterr().err.split())


def test_a_damaged_folder_is_named(folders, tmp_path, capfd):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text((folders / "stressed" / "config.json").read_text())
    (broken / "summary.json").write_text('{"status": "complete", "rows": [{}]}')
    assert main(["report", str(broken), "--out", str(tmp_path / "page.html")]) == BAD_INPUT
    said = " ".join(capfd.readouterr().err.split())
    assert "broken' is damaged, or of another version" in said


def test_a_table_of_the_console_has_the_same_cells_on_a_page():
    lines = [Line("first mm", ["1", Text("2", "red")]), Line("second", ["", "4"])]
    (table,) = compare("title", ["pd", "loihi + adaptive"], lines)
    assert html_block(table).table == HtmlTable(
        "title", ["", "pd", "loihi +\nadaptive"], [["first mm", "1", "2"], ["second", "", "4"]]
    )
    meanings = explain([("mm", "distance, which is"), ("", "long"), ("lost", "away")])
    assert html_block(meanings).meanings == [("mm", "distance, which is long"), ("lost", "away")]
    assert html_block(Text("Nothing was cut.")).text == "Nothing was cut."
