"""The report, read back from its HTML."""

import base64
import json
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.records import Run, read_run, write_run
from spikearm.experiments.report.report import write_report
from spikearm.experiments.studies.benchmark.columns import CONTROL
from spikearm.experiments.studies.benchmark.table import LATENCY_TITLE
from spikearm.experiments.studies.benchmark.verdict import benchmark_verdict

PICTURES = [
    "Hand paths", "Deviation from the ideal trajectory", "Joint torques", "Spikes", "Latency",
]  # fmt: skip
VOID = {"meta", "link", "br", "img", "input", "source", "hr"}
FILM = bytes(range(256)) * 5


def renamed(run: Run, name: str) -> Run:
    return replace(run, config=run.config | {"name": name})


@dataclass
class Page(HTMLParser):
    """What a browser would find in a page.

    Attributes:
        tags: Every tag with its attributes.
        texts: Text directly inside each tag, in order.
    """

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
            self.texts.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self.texts[-1][0] == self._open[-1]:
            self.texts[-1] = (self._open[-1], self.texts[-1][1] + data)
        elif data.strip():
            self.texts.append((self._open[-1], data))

    def inside(self, tag: str) -> list[str]:
        return [text.strip() for name, text in self.texts if name == tag]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def read_page(runs: list[Run], folder: Path) -> Page:
    path = folder / "report.html"
    write_report(runs, path)
    page = Page()
    page.feed(path.read_text())
    page.close()
    return page


@pytest.fixture(scope="module")
def page(run, tmp_path_factory) -> Page:
    return read_page([run], tmp_path_factory.mktemp("report"))


def test_the_title_names_arm_and_task(page):
    assert page.inside("title") == page.inside("h1") == ["gen3: centre-out reaching (sphere)"]


def test_the_page_opens_with_the_verdict(page, run):
    verdict = benchmark_verdict(run.rows)
    assert "of 8 motions" in verdict
    assert page.inside("p")[0] == verdict


def test_every_metric_that_a_run_has_is_explained_in_a_line(page, run):
    small = page.inside("small")
    left_out = [column.key for column in CONTROL if column.meaning not in small]
    assert left_out == ["torque_ripple_hold"]  # holds of 30 ms are too short for it
    assert all(row["torque_ripple_hold"] is None for row in run.rows)


def test_every_stage_is_a_column_of_every_table(page):
    headings = page.inside("th")
    for stage in ("analytic", "pd"):
        assert headings.count(stage) == 3
    assert page.count("table") == 3


def test_the_table_holds_means_over_seeds_in_the_unit_of_their_heading(page, run):
    cells = page.inside("td")
    rows = [row for row in run.rows if row["controller"] == "pd"]
    assert len(rows) == 2
    for key, factor, digits in (("position_rmse_m", 1e3, 3), ("orientation_rmse_rad", 1e3, 2),
                                ("excess_deviation", 1e2, 1), ("effort", 1.0, 1),
                                ("realtime_factor", 1.0, 2)):  # fmt: skip
        mean = factor * sum(row[key] for row in rows) / 2
        assert f"{mean:.{digits}f}" in cells


def test_the_report_tells_where_the_time_of_a_step_goes(page, run):
    assert LATENCY_TITLE in page.inside("h2")
    headings = page.inside("th")
    assert {"sense µs", "network µs", "act µs", "whole step µs"} <= set(headings)
    assert not {"encode µs", "began late µs"} & set(
        headings
    )  # no stage has neurons, none was paced
    rows = [row for row in run.rows if row["controller"] == "pd"]
    mean = 1e6 * sum(row["part_latency_p50_s"]["network"] for row in rows) / 2
    assert f"{mean:.1f}" in page.inside("td")


def test_the_interval_over_two_seeds_is_their_range(page, run):
    low, high = sorted(
        1e3 * row["position_rmse_m"] for row in run.rows if row["controller"] == "pd"
    )
    assert low < high
    assert f"[{low:.3f}, {high:.3f}]" in page.inside("small")


def test_metrics_that_apply_to_no_stage_are_left_out(page):
    assert "position rmse mm" in page.inside("th")
    assert "spikes per step" not in page.inside("th")


def plots(page: Page) -> list[dict[str, str | None]]:
    return [tag for _, tag in page.tags if "plotly-graph-div" in (tag.get("class") or "")]


def test_every_picture_that_applies_is_there_once(page, arm):
    shown = [heading for heading in page.inside("h2") if heading in PICTURES]
    assert shown == [heading for heading in PICTURES if heading != "Spikes"]
    assert len(plots(page)) == 4 + 2 + arm.chain.n_joints + 4  # no law encodes or decodes


def test_every_series_of_a_picture_is_named_beside_it(page):
    names = [tag.get("data-series") for name, tag in page.tags if name == "button"]
    assert names == 4 * ["analytic", "pd"]


def test_nothing_is_loaded_from_elsewhere(page):
    assert page.count("script") > 0
    for _, attributes in page.tags:
        for name in ("src", "href", "data", "srcset", "action", "poster"):
            assert "//" not in (attributes.get(name) or "")
    assert page.count("link") == page.count("iframe") == 0
    for style in page.inside("style"):
        assert "url(" not in style
        assert "@import" not in style


def test_the_library_that_draws_is_inside_once(page):
    long = [script for script in page.inside("script") if len(script) > 1_000_000]
    assert len(long) == 1
    assert "plotly.js v" in long[0][:500]


def test_configuration_and_rows_are_there_as_json(page, run):
    config, rows = map(json.loads, page.inside("pre"))
    assert config == run.config
    assert rows == run.rows


def test_a_film_is_inside(run, tmp_path):
    write_run(run, tmp_path / "run")
    (tmp_path / "run" / "video.mp4").write_bytes(FILM)
    page = read_page([read_run(tmp_path / "run")], tmp_path)
    films = [attributes["src"] or "" for tag, attributes in page.tags if tag == "video"]
    assert len(films) == 1
    kind, data = films[0].split(",")
    assert kind == "data:video/mp4;base64"
    assert base64.b64decode(data) == FILM


def test_without_a_film_there_is_no_player(page):
    assert page.count("video") == 0


def test_two_runs_are_compared_under_their_names(run, tmp_path):
    page = read_page([run, renamed(run, "tuesday")], tmp_path)
    headings = page.inside("th")
    for label in ("monday analytic", "monday pd", "tuesday analytic", "tuesday pd"):
        assert headings.count(label) == 3
    assert len(page.inside("pre")) == 4
    swatches = [attributes["style"] for tag, attributes in page.tags if tag == "span"]
    assert len(set(swatches)) == 4  # the colour of the controller, the dash of the run


def test_runs_of_two_arms_are_compared(run, tmp_path):
    other = load_arm("ur5e")  # 6 joints, not 7
    reaches = [replace(reach, trajectory=resized(reach.trajectory, 6)) for reach in run.reaches]
    config = run.config | {
        "name": "other", "arm": "ur5e", "joints": list(other.chain.joints),
        "torque_limits": other.chain.torque_limits.tolist(),
    }  # fmt: skip
    page = read_page([run, replace(run, config=config, reaches=reaches)], tmp_path)
    assert page.inside("h1") == ["gen3, ur5e: centre-out reaching (sphere)"]
    assert "other pd" in page.inside("th")


def test_runs_are_called_what_their_folders_are_called_now(run, tmp_path):
    folders = [tmp_path / "gen3" / "first", tmp_path / "panda" / "second"]
    page = read_page([replace(run, folder=folder) for folder in folders], tmp_path)
    headings = page.inside("th")
    assert headings.count("first pd") == headings.count("second pd") == 3
    assert "monday pd" not in headings  # the name that both were made under


def test_runs_in_folders_of_one_name_are_told_apart_by_their_paths(run, tmp_path):
    folders = [tmp_path / arm / "a" / "monday" for arm in ("gen3", "panda")]
    page = read_page([replace(run, folder=folder) for folder in folders], tmp_path)
    headings = page.inside("th")
    assert headings.count("gen3/a/monday pd") == headings.count("panda/a/monday pd") == 3
    assert "Configuration of panda/a/monday" in page.inside("summary")


def test_the_same_run_twice_is_shown_twice(run, tmp_path):
    page = read_page([run, run], tmp_path)
    headings = page.inside("th")
    assert headings.count("monday (1) pd") == headings.count("monday (2) pd") == 3


def resized(motion: Trajectory, n_joints: int) -> Trajectory:
    return replace(
        motion, q=motion.q[:, :n_joints], dq=motion.dq[:, :n_joints],
        torque=motion.torque[:, :n_joints],
    )  # fmt: skip


def test_an_interrupted_run_is_shown_with_what_it_has(run, tmp_path):
    kept = [reach for reach in run.reaches if reach.seed == 3][:5]  # analytic's four, and one of PD
    assert [reach.controller for reach in kept] == ["analytic"] * 4 + ["pd"]
    rows = [row for row in run.rows if row["seed"] == 3]
    page = read_page([replace(run, rows=rows, reaches=kept, status="interrupted")], tmp_path)
    assert "interrupted" in page.inside("p")[0]
    assert not any(text.startswith("[") for text in page.inside("small"))  # one seed
    assert len([heading for heading in page.inside("h2") if heading in PICTURES]) == 4


def test_a_run_with_one_finished_motion_is_shown(run, tmp_path):
    page = read_page([replace(run, rows=run.rows[:1], reaches=run.reaches[:1])], tmp_path)
    assert "analytic" in page.inside("th")


@pytest.mark.parametrize("n_runs", [0, 1, 2])
def test_runs_without_a_finished_reach_make_no_report(run, tmp_path, n_runs):
    empty = replace(run, rows=[], reaches=[], status="interrupted")
    with pytest.raises(SpikearmError, match="no finished reach"):
        write_report([empty] * n_runs, tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_a_finished_reach_is_left_out(run, tmp_path):
    empty = replace(renamed(run, "tuesday"), rows=[], reaches=[])
    page = read_page([empty, run], tmp_path)
    assert "pd" in page.inside("th")
    assert not any("tuesday" in text for _, text in page.texts)


def test_names_are_text_and_never_markup(run, page, tmp_path):
    name = '</script><script>alert("<b>7</b>")</script>'
    other = read_page([run, renamed(run, "tuesday")], tmp_path)
    odd = read_page([run, renamed(run, name)], tmp_path)
    assert [tag for tag, _ in odd.tags] == [tag for tag, _ in other.tags]
    assert f"{name} pd" in odd.inside("th")
    assert json.loads(odd.inside("pre")[1])["name"] == name


def test_a_report_that_cannot_be_written_is_explained(run, tmp_path):
    (tmp_path / "file").write_text("Mine.")
    with pytest.raises(SpikearmError, match=r"Cannot write .*report\.html"):
        write_report([run], tmp_path / "file" / "report.html")
