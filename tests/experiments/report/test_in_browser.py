"""Pages in a real browser, at the width of a desk and of a telephone."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from chromium import FAULTS, HEIGHT, WIDTHS, launched, needs_chromium, opened

from spikearm.experiments.report.report import write_report
from spikearm.experiments.studies.deployment.figure import write_picture

RESIZING = 600  # ms; pictures follow the window a little later

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


def write_page(kind: str, run: Any, folder: Path) -> Path:
    path = folder / f"{kind}.html"
    if kind == "report":
        write_report([run], path)
    else:
        write_picture(a_deployment(), "gen3 on Loihi", path)
    return path


PAGES = pytest.mark.parametrize(
    ("kind", "n_pictures"), [("report", 4 + 2 + 7 + 2 + 4), ("chip", 1)]
)


@PAGES
def test_a_page_shows_all_of_itself_also_on_a_telephone_that_is_turned_into_a_desk(
    kind, n_pictures, browser, spiking_run, tmp_path
):
    page, said = opened(
        browser, write_page(kind, spiking_run, tmp_path).as_uri(), WIDTHS["telephone"]
    )
    assert page.evaluate("document.querySelectorAll('.js-plotly-plot').length") == n_pictures
    assert page.evaluate(FAULTS) == []
    if kind == "report":
        check_a_click_hides_pd_everywhere(page)
    page.set_viewport_size({"width": WIDTHS["desk"], "height": HEIGHT})
    page.wait_for_timeout(RESIZING)
    assert page.evaluate(FAULTS) == []
    assert said == []
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@PAGES
def test_a_page_opens_whole(kind, n_pictures, width, browser, spiking_run, tmp_path):
    page, said = opened(browser, write_page(kind, spiking_run, tmp_path).as_uri(), WIDTHS[width])
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
