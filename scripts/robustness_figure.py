"""Picture docs/robustness.png, drawn from runs of `spikearm stress`, with a headless Chromium.

.venv/bin/python scripts/robustness_figure.py runs/analytic runs/loihi
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from spikearm.experiments.records.records import SUMMARY
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.summary import Point, read_points

PICTURE = Path(__file__).parent.parent / "docs" / "robustness.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH = 1200  # px


def main(runs: Sequence[Path]) -> None:
    """Draw what several runs found, as one picture; of what two found, the first's counts."""
    points: dict[tuple[str, str, float], Point] = {}
    for point in (point for run in runs for point in points_of(run)):
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


def points_of(run: Path) -> list[Point]:
    """Read the points of a run's folder."""
    return read_points(json.loads((run / SUMMARY).read_text())["rows"])


if __name__ == "__main__":
    main([Path(run) for run in sys.argv[1:]])
