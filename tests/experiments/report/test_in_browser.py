"""Pages in a real browser, at the width of a desk and of a telephone."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from chromium import FAULTS, HEIGHT, WIDTHS, launched, needs_chromium, opened

from spikearm.experiments.report.report import write_report
from spikearm.experiments.report.study_folder import StudyFolder, read_study
from spikearm.experiments.report.study_report import write_study_report
from spikearm.experiments.studies.adaptation.figure import learning_panels
from spikearm.experiments.studies.adaptation.record import read_curves
from spikearm.experiments.studies.adaptation.study import learning_tables
from spikearm.experiments.studies.adaptation.verdict import learning_verdict
from spikearm.experiments.studies.deployment.figure import write_picture
from spikearm.experiments.studies.robustness.figure import stress_panels
from spikearm.experiments.studies.robustness.study import stress_tables_of
from spikearm.experiments.studies.robustness.summary import Point
from spikearm.experiments.studies.robustness.verdict import stress_verdict
from spikearm.neural.files.typed_json import read_json

RESIZING = 10_000  # ms, in which pictures follow the window
CONTROLLERS = ("analytic", "polynomial-2", "loihi + adaptive")
STRENGTHS = {"none": (0.0,), "delay": (0.001, 0.002), "payload": (1, 2), "friction": (0.02, 0.05)}

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


def a_deployment() -> Any:
    """Two chips with a used core in each corner of the first, and one on the second."""
    places = [(0, 0), (0, 13), (0, 114), (0, 127), (1, 64)]
    cores = [
        SimpleNamespace(chip=chip, number=number, utilisation=0.2 + 0.003 * number,
                        name="features", resources={})
        for chip, number in places
    ]  # fmt: skip
    traffic = np.random.default_rng(3).uniform(0, 20, (len(cores), len(cores)))
    return SimpleNamespace(
        placement=SimpleNamespace(cores=tuple(cores), cores_per_chip=[4, 1]),
        traffic=SimpleNamespace(between=traffic, from_host=traffic[0]),
    )


def studies(folders: Path) -> list[StudyFolder]:
    """Read a study of learning for three controllers, and make one of robustness for as many."""
    learned, stressed = (read_study(folders / name) for name in ("learned", "stressed"))
    rows = read_json(folders / "learned" / "summary.json")["rows"]
    trials = pq.read_table(folders / "learned" / "learning.parquet").to_pylist()
    curves = [
        replace(one, controller=name) for name in CONTROLLERS for one in read_curves(rows, trials)
    ]
    points = [
        Point(name, under, strength, 1, 4, 4 if strength < max(strengths) or under == "none" else 3,
              0, 1e-3 * (1 + number), None, None, 0.01, 0, 0)
        for number, name in enumerate(CONTROLLERS)
        for under, strengths in STRENGTHS.items()
        for strength in strengths
    ]  # fmt: skip
    return [
        replace(learned, verdict=learning_verdict(curves), tables=learning_tables(curves),
                panels=learning_panels(curves)),
        replace(stressed, verdict=stress_verdict(points), tables=stress_tables_of(points),
                panels=stress_panels(points)),
    ]  # fmt: skip


def write_page(kind: str, run: Any, folders: Path, folder: Path) -> Path:
    path = folder / f"{kind}.html"
    if kind == "report":
        write_report([run], path)
    elif kind == "study":
        write_study_report(studies(folders), path)
    else:
        write_picture(a_deployment(), "gen3 on Loihi", path)
    return path


def let_pictures_follow(page: Any) -> None:
    """Wait until nothing is wrong any more, or as long as pictures take to follow the window."""
    from playwright.sync_api import TimeoutError as TooLateError

    with suppress(TooLateError):
        page.wait_for_function(f"() => ({FAULTS})().length === 0", timeout=RESIZING)


PAGES = pytest.mark.parametrize(
    ("kind", "n_pictures"), [("report", 4 + 2 + 7 + 2 + 4), ("study", 1 + 3), ("chip", 1)]
)


@PAGES
def test_a_page_shows_all_of_itself_also_on_a_telephone_that_is_turned_into_a_desk(
    kind, n_pictures, browser, spiking_run, folders, tmp_path
):
    page, said = opened(
        browser, write_page(kind, spiking_run, folders, tmp_path).as_uri(), WIDTHS["telephone"]
    )
    assert page.evaluate("document.querySelectorAll('.js-plotly-plot').length") == n_pictures
    assert page.evaluate(FAULTS) == []
    if kind == "report":
        check_a_click_hides_pd_everywhere(page)
    page.set_viewport_size({"width": WIDTHS["desk"], "height": HEIGHT})
    let_pictures_follow(page)
    assert page.evaluate(FAULTS) == []
    assert said == []
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@PAGES
def test_a_page_opens_whole(kind, n_pictures, width, browser, spiking_run, folders, tmp_path):
    path = write_page(kind, spiking_run, folders, tmp_path)
    page, said = opened(browser, path.as_uri(), WIDTHS[width])
    assert page.evaluate(FAULTS) == []
    assert said == []
    page.close()


def check_a_click_hides_pd_everywhere(page: Any) -> None:
    hidden = """() => [...document.querySelectorAll(".js-plotly-plot")].map((plot) =>
        plot.data.filter((trace) => trace.legendgroup === "pd" && trace.visible === false).length)
    """
    assert sum(page.evaluate(hidden)) == 0
    page.click("button[data-series=pd]")
    assert min(page.evaluate(hidden)[:13]) > 0  # paths, errors and torques
    pressed = page.evaluate(
        "() => [...document.querySelectorAll('[data-series=pd]')].map((one) => one.ariaPressed)"
    )
    assert set(pressed) == {"false"}
    page.click("button[data-series=pd]")
    assert sum(page.evaluate(hidden)) == 0


CLASHES = """
<meta name="viewport" content="width=device-width">
<p>Some words</p><p style="margin-top: -30px">Other words</p>
<section style="width: 100px; overflow-x: auto"><div style="width: 300px">wide</div></section>
<div style="width: 3000px">wider</div>
<img src="data:," alt="">
"""
SCROLLED = """
<meta name="viewport" content="width=device-width">
<div style="overflow-x: auto"><table style="width: 900px"><tr><td>seen<td>scrolled</table></div>
"""


def test_a_page_with_faults_is_found_out(browser):
    page = browser.new_page(viewport={"width": WIDTHS["telephone"], "height": HEIGHT})
    page.set_content(CLASHES)
    faults = page.evaluate(FAULTS)
    page.close()
    for words in (
        "the page is", "SECTION is cut", '"Other words" overlaps "Some words"', "is not drawn",
    ):  # fmt: skip
        assert any(words in fault for fault in faults), words


def test_a_wide_table_that_is_scrolled_is_no_fault(browser):
    page = browser.new_page(viewport={"width": WIDTHS["telephone"], "height": HEIGHT})
    page.set_content(SCROLLED)
    faults = page.evaluate(FAULTS)
    page.close()
    assert faults == []
