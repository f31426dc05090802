"""The report: read back from its HTML, and its pictures from their data."""

import base64
import json
from dataclasses import dataclass, field, fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Arm, SpikearmError, load_arm
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.records.records import RecordedReach, Run, read_run, write_run
from spikearm.experiments.report import figures
from spikearm.experiments.report.figures import Series
from spikearm.experiments.report.report import CAPTIONS, write_report
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.table import LATENCY_TITLE
from spikearm.experiments.tasks.centre_out import CentreOut

STEP = 0.001  # s
N_STEPS = 150
DRAWN = np.arange(9, N_STEPS, 10)  # steps at 0.010 s, 0.020 s ... 0.150 s
VOID = {"meta", "link", "br", "img", "input", "source", "hr"}
FILM = bytes(range(256)) * 5


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="module")
def run(arm) -> Run:
    """Analytic and PD, two seeds, two targets, as the command would record them."""
    task = CentreOut("sphere", targets=2, radius=0.03, duration=0.12, hold=0.03, speed_limits=False)
    setup = ControllerSetup(arm.model)
    plan = BenchmarkPlan(arm, task, choose_controllers(["pd"]), [3, 4], setup)
    benchmark = run_benchmark(plan)
    config = {
        "name": "monday", "arm": "gen3", "joints": list(arm.chain.joints),
        "torque_limits": arm.chain.torque_limits.tolist(), "forward_axis": [0.0, -1.0, 0.0],
        "options": {"seeds": 2}, "git_commit": "5ba3e1",
    }  # fmt: skip
    return Run(config, benchmark.rows, benchmark.reaches)


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


def test_every_picture_that_applies_is_there_once(page):
    headings = [heading for _, heading, _ in CAPTIONS]
    assert len(headings) == 6
    shown = [heading for heading in page.inside("h2") if heading in headings]
    assert shown == [heading for heading in headings if heading != "Spikes"]
    plots = [tag for tag in page.tags if "plotly-graph-div" in (tag[1].get("class") or "")]
    assert len(plots) == len(shown)


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
    assert "monday: interrupted" in " ".join(page.inside("p"))
    assert page.inside("small") == []  # one seed: no interval
    assert len([h for h in page.inside("h2") if h in [title for _, title, _ in CAPTIONS]]) == 5


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


# The pictures


def a_series(run: Run, arm: Arm, stage: str, color: str = "#123456") -> Series:
    reaches = [reach for reach in run.reaches if reach.controller == stage and reach.seed == 3]
    forward = np.array([0.6, -0.8, 0.0])
    return Series(stage, color, reaches, arm.chain.joints, arm.chain.torque_limits, forward)


@pytest.fixture
def series(run, arm) -> list[Series]:
    return [a_series(run, arm, "analytic"), a_series(run, arm, "pd", "#654321")]


def named(figure: Any, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def lifted(points: list[np.ndarray]) -> np.ndarray:
    """Join curves with a gap after each, as a pen that is lifted draws them."""
    gap = np.full((1, points[0].shape[1]), np.nan)
    return np.concatenate([part for curve in points for part in (curve, gap)])


def in_own_frame(one: Series, points: np.ndarray) -> np.ndarray:
    """Express points forward, left and up from home, for a forward axis (0.6, -0.8, 0)."""
    np.testing.assert_array_equal(one.forward, [0.6, -0.8, 0.0])
    x, y, z = (points - one.trajectories[0].reference_position[0]).T
    return np.stack([0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y, z], axis=1)


def in_space(trace: Any) -> np.ndarray:
    return np.stack([trace.x, trace.y, trace.z], axis=1)


def by_end(lines: np.ndarray) -> np.ndarray:
    """Order lines by where they end, shape (n_lines, 2, 3)."""
    return lines[np.argsort(lines[:, 1, 0])]


def moved(reach: RecordedReach, turn: Rotation, shift: np.ndarray) -> RecordedReach:
    """Turn a motion in space, then shift it."""
    motion = reach.trajectory
    return replace(reach, trajectory=replace(
        motion, hand_position=turn.apply(motion.hand_position) + shift,
        reference_position=turn.apply(motion.reference_position) + shift,
    ))  # fmt: skip


def test_a_series_goes_out_with_the_motions_that_go_out(series):
    assert [reach.direction for reach in series[1].reaches] == ["out", "back", "out", "back"]
    assert series[1].outward[1] is series[1].reaches[2].trajectory
    assert len(series[1].outward) == 2


def test_hand_paths_are_drawn_in_space(series):
    figure = figures.hand_paths(series)
    for one in series:
        (trace,) = named(figure, one.label)
        wanted = lifted([in_own_frame(one, motion.hand_position[DRAWN]) for motion in one.outward])
        np.testing.assert_allclose(in_space(trace), wanted, atol=1e-12)
        assert trace.line.color == one.color


def test_every_ideal_line_is_drawn_once(series):
    assert len(series) == 2  # with the same targets
    (ideal,) = named(figures.hand_paths(series), "ideal")
    wanted = [
        in_own_frame(series[0], motion.reference_position[[0, -1]]) for motion in series[0].outward
    ]
    drawn = in_space(ideal).reshape(-1, 3, 3)  # two ends and a gap
    assert np.isnan(drawn[:, 2]).all()
    np.testing.assert_allclose(by_end(drawn[:, :2]), by_end(np.array(wanted)), atol=1e-6)


def test_another_arm_is_drawn_in_its_own_frame(series):
    turn, shift = Rotation.from_euler("z", 0.7), np.array([0.3, -0.9, 0.4])
    elsewhere = replace(
        series[1], label="other arm", forward=turn.apply(series[1].forward),
        reaches=[moved(reach, turn, shift) for reach in series[1].reaches],
    )  # fmt: skip
    for draw in (figures.hand_paths, figures.hand_path_views):
        figure = draw([series[0], series[1], elsewhere])
        same, other = named(figure, "pd"), named(figure, "other arm")
        assert len(same) == len(other) > 0
        for first, second in zip(same, other, strict=True):
            for axis in ("x", "y", "z") if draw is figures.hand_paths else ("x", "y"):
                np.testing.assert_allclose(first[axis], second[axis], atol=1e-9)
        assert len(named(figure, "ideal")[0].x) == 2 * 3  # the lines are the same: two reaches


def test_the_ideal_lines_of_another_task_are_drawn_too(series):
    turn = Rotation.from_rotvec(0.5 * series[1].forward)  # about an axis that stays forward
    other = replace(
        series[1], reaches=[moved(reach, turn, np.zeros(3)) for reach in series[1].reaches]
    )
    (ideal,) = named(figures.hand_paths([series[0], other]), "ideal")
    assert len(ideal.x) == 2 * 2 * 3


def test_the_space_that_is_drawn_holds_all_paths(series):
    scene = figures.hand_paths(series).layout.scene
    for axis, column, title in ((scene.xaxis, 0, "forward m"), (scene.yaxis, 1, "left m"),
                                (scene.zaxis, 2, "up m")):  # fmt: skip
        assert axis.title.text == title
        for one in series:
            for motion in one.outward:
                drawn = in_own_frame(one, motion.hand_position)[:, column]
                assert axis.range[0] < drawn.min()
                assert axis.range[1] > drawn.max()
        assert np.diff(axis.range) < 0.1  # m; the reaches are 0.03 m long


def test_the_views_are_projections_in_millimetres_from_home(series):
    figure = figures.hand_path_views(series)
    front, top = named(figure, "pd")
    home = series[0].trajectories[0].reference_position[0]
    offsets = [1e3 * (motion.hand_position[DRAWN] - home) for motion in series[1].outward]
    right = np.array([-0.8, -0.6, 0.0])  # of a forward axis (0.6, -0.8, 0)
    wanted = lifted([np.stack([xyz @ right, xyz[:, 2]], axis=1) for xyz in offsets])
    np.testing.assert_allclose(np.stack([front.x, front.y], axis=1), wanted, atol=1e-9)
    forward = np.array([0.6, -0.8, 0.0])
    wanted = lifted([np.stack([xyz @ right, xyz @ forward], axis=1) for xyz in offsets])
    np.testing.assert_allclose(np.stack([top.x, top.y], axis=1), wanted, atol=1e-9)
    assert (front.xaxis, top.xaxis) == ("x", "x2")


def test_deviation_is_drawn_as_mean_and_range_over_motions(series):
    figure = figures.deviation(series)
    for index, one in enumerate(series):
        gaps = [motion.hand_position - motion.reference_position for motion in one.trajectories]
        errors = 1e3 * np.sqrt(np.sum(np.square(gaps), axis=2))[:, DRAWN]  # mm
        assert errors.shape == (4, 15)
        band, line = figure.data[2 * index : 2 * index + 2]
        assert line.name == one.label
        np.testing.assert_allclose(line.x, STEP * (DRAWN + 1))
        np.testing.assert_allclose(line.y, errors.mean(axis=0))
        np.testing.assert_allclose(band.y[:15], errors.max(axis=0))
        np.testing.assert_allclose(band.y[15:], errors.min(axis=0)[::-1])
        np.testing.assert_allclose(band.x, np.concatenate([line.x, line.x[::-1]]))


def test_torques_are_those_of_the_motion_that_asks_most_of_the_joint(series):
    figure = figures.torques(series)
    hardest = []
    for joint in range(7):
        peaks = [np.abs(reach.trajectory.torque[:, joint]).max() for reach in series[0].reaches]
        hardest.append(int(np.argmax(peaks)))
        for one in series:
            trace = named(figure, one.label)[joint]
            np.testing.assert_array_equal(
                trace.y, one.reaches[hardest[-1]].trajectory.torque[DRAWN, joint]
            )
    assert len(set(hardest)) > 1  # it is not the same one for every joint
    assert [title.text for title in figure.layout.annotations][:7] == list(series[0].joints)


def test_a_series_is_in_the_legend_of_the_torques_once_even_without_the_first_joints_motion(series):
    peaks = [
        [np.abs(reach.trajectory.torque[:, joint]).max() for reach in series[0].reaches]
        for joint in range(7)
    ]
    hardest = np.argmax(peaks, axis=1)
    kept = [reach for i, reach in enumerate(series[1].reaches) if i != hardest[0]]
    figure = figures.torques([series[0], replace(series[1], reaches=kept)])
    assert 0 < len(named(figure, "pd")) < 7  # some joints are drawn, the first is not
    for label in ("analytic", "pd"):
        in_legend = [trace.showlegend for trace in named(figure, label)]
        assert in_legend == [True] + [False] * (len(in_legend) - 1)


def test_torque_limits_are_drawn(series):
    heights = sorted(shape.y0 for shape in figures.torques(series).layout.shapes)
    limits = series[0].torque_limits
    np.testing.assert_allclose(heights, np.sort(np.concatenate([-limits, limits])))


def test_without_neurons_there_is_no_picture_of_spikes(series):
    assert figures.spikes(series) is None


def spiking(reach: RecordedReach, rng: np.random.Generator) -> RecordedReach:
    changes = {f.name: getattr(reach.trajectory, f.name) for f in fields(Trajectory)}
    changes["spikes"] = rng.integers(3, 90, N_STEPS)
    return replace(reach, trajectory=Trajectory(**changes))


def test_spikes_are_averaged_over_the_steps_between_two_points(series):
    rng = np.random.default_rng(9)
    neural = replace(
        series[1], label="net", reaches=[spiking(reach, rng) for reach in series[1].reaches]
    )
    figure = figures.spikes([series[0], neural])
    assert figure is not None
    assert named(figure, "analytic") == []
    (line,) = named(figure, "net")
    counts = np.array([motion.spikes for motion in neural.trajectories])
    wanted = [counts[:, end - 9 : end + 1].mean() for end in DRAWN]
    np.testing.assert_allclose(line.y, wanted)
    np.testing.assert_allclose(line.x, STEP * (DRAWN + 1))
