"""Commands that look at scenes, from end to end."""

import json
from pathlib import Path

import pytest

from spikearm.experiments.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def rows(folder: str) -> list[dict]:
    return json.loads((Path(folder) / "summary.json").read_text())["rows"]


def test_see_compares_the_eye_with_a_colour_and_draws_what_they_saw(capsys):
    assert main(["see", "--scenes", "8", "--first-seed", "77", "--jobs", "1", "--out", "seen"]) == 0
    printed = capsys.readouterr().out
    assert "Sight colour:" in printed
    assert "Sight eye:" in printed
    assert {path.name for path in Path("seen").iterdir()} >= {
        "config.json", "summary.json", "scenes.parquet", "scenes.png", "scenes.mp4",
    }  # fmt: skip


def test_a_bench_of_what_is_seen_reaches_what_it_is_told_of():
    options = ["--controllers", "analytic", "--sights", "true", "pixels"]
    short = ["--scenes", "1", "--jumps", "2", "--jobs", "1"]
    assert main(["bench", "--task", "seen", *options, *short, "--out", "bench"]) == 0
    assert {row["sight"] for row in rows("bench")} == {"true", "pixels"}
