"""Draws docs/robustness.png from runs of `spikearm stress`, with a headless Chromium.

.venv/bin/python scripts/robustness_figure.py runs/analytic runs/loihi
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from spikearm.experiments.records.records import SUMMARY
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.summary import Point

PICTURE = Path(__file__).parent.parent / "docs" / "robustness.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH = 1200  # px


def main(runs: Sequence[Path]) -> None:
    """Draw what several runs found, as one picture; of what two found, the first's counts."""
    points: dict[tuple[str, str, float], Point] = {}
    for point in (point for run in runs for point in read_points(run)):
        points.setdefault((point.controller, point.perturbation, point.strength), point)
    figure = stress_figure(list(points.values()), "Position rmse under growing perturbations")
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "figure.html"
        figure.update_layout(width=WIDTH).write_html(page, config={"displayModeBar": False})
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--virtual-time-budget=10000", f"--window-size={WIDTH},{figure.layout.height + 20}",
                f"--screenshot={PICTURE}", page.as_uri(),
            ],
            check=True,
        )  # fmt: skip


def read_points(run: Path) -> Iterator[Point]:
    """Read the points of a run's folder."""
    names = [field.name for field in fields(Point)]
    for row in json.loads((run / SUMMARY).read_text())["rows"]:
        yield Point(**{name: row[name] for name in names})


if __name__ == "__main__":
    main([Path(run) for run in sys.argv[1:]])
