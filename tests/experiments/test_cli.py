"""The command line: what each command leaves on disk, prints and returns."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from counting_controller import CountingController

from spikearm.arm_models import ARMS, ArmState, SpikearmError, load_arm
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.experiments.cli import BAD_INPUT, COMMANDS, INTERRUPTED, main
from spikearm.experiments.console import running
from spikearm.experiments.controllers import CONTROLLERS, ControllerSetup
from spikearm.experiments.records.records import read_run
from spikearm.experiments.report import report, video
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.counts import StepCounts

N_STEPS = 150
# So short that a small reach is needed.
REACH = [
    "--targets", "1", "--radius", "0.03", "--duration", "0.12", "--hold", "0.03",
    "--no-speed-limits",
]  # fmt: skip
RUN = ["run", "--controller", "pd", "--variant", "sphere", *REACH]
BENCH = ["bench", "--controllers", "rate", *REACH]
DIRECTIONS = ("out", "back")
FILES = {"config.json", "summary.json", "trajectory.parquet", "report.html"}
PLANT = {
    "--arm", "--joints", "--end-effector", "--end-effector-offset", "--torque-limits", "--home",
    "--armature", "--mjcf", "--weightless",
}  # fmt: skip
LAW = {
    "--feedforward", "--kp", "--ko", "--kv", "--posture-kp", "--posture-kv", "--limit-kp",
    "--limit-margin", "--ki",
}  # fmt: skip
TASK = {
    "--variant", "--targets", "--radius", "--duration", "--hold", "--offset", "--no-speed-limits"
}  # fmt: skip
ADAPTATION = {
    "--neurons", "--ensembles", "--learning-rate", "--active-share", "--push", "--span",
    "--span-time", "--adaptive-tau", "--dead-zone",
}  # fmt: skip
OPTIONS = {
    "arms": set(),
    "run": PLANT | TASK | ADAPTATION | LAW | {
        "--controller", "--seed", "--out", "--backend", "--jobs", "--view", "--rerun",
        "--realtime", "--trained", "--video", "--no-report", "--payload", "--adaptive", "--learned",
        "--keep-learned", "--freeze", "--eye", "--eye-weights",
    },
    "adapt": PLANT | TASK | ADAPTATION | LAW | {
        "--target", "--trials", "--probes", "--perturbations", "--second", "--controllers",
        "--seeds", "--first-seed", "--out", "--backend", "--trained",
        "--trained-weightless", "--jobs",
    },
    "stress": PLANT | TASK | ADAPTATION | LAW | {
        "--controllers", "--adaptive", "--perturbations", "--rounds", "--frozen-time",
        "--hold-time", "--seeds", "--first-seed", "--out", "--backend", "--trained",
        "--trained-weightless", "--jobs",
    },
    "bench": PLANT | TASK | ADAPTATION | LAW | {
        "--controllers", "--adaptive", "--seeds", "--first-seed", "--out", "--backend", "--jobs",
        "--trained", "--video", "--no-report",
    },
    "record": {"--to", "--controller", "--seed", "--out", "--overwrite"},
    "report": {"--out", "--overwrite"},
    "export": PLANT | {"--out", "--to", "--trained", "--eye", "--eye-weights", "--run-time"},
    "train": PLANT | {
        "--out", "--radius", "--tilt", "--jobs", "--seed", "--reaches", "--recordings",
        "--products", "--n-features", "--n-code", "--n-latent", "--max-rates", "--rate-limit",
        "--velocity-share", "--epochs", "--batch", "--learning-rate", "--rate-weight", "--edge",
        "--room", "--joint-weight", "--per-reach", "--durations", "--posture", "--position",
        "--velocity",
    },
    "train-eye": PLANT | {
        "--out", "--jobs", "--scenes", "--held-out", "--size", "--start", "--seed", "--kernels",
        "--n-kernels", "--kernel-side", "--kernel-stride", "--kernel-rate", "--n-patches",
        "--beta", "--hebbian-rate", "--channels", "--strides", "--side", "--heat-side",
        "--per-map", "--sets", "--updates", "--batch-size", "--tau-learning", "--learning-rate",
        "--n-steps", "--warm-up", "--no-homeostasis",
    },
    "onboard": {
        "--name", "--joints", "--end-effector", "--end-effector-offset", "--torque-limits",
        "--velocity-limits", "--home", "--armature", "--out", "--search-seed", "--no-train",
        "--reaches", "--epochs", "--jobs",
    },
    "deploy": PLANT | {
        "--chips", "--host-spikes", "--feedforward", "--radius", "--duration", "--no-speed-limits",
        "--seed", "--trained", "--eye", "--eye-weights", "--all", "--log", "--steps", "--picture",
    },
    "energy": PLANT | {
        "--feedforward", "--radius", "--duration", "--no-speed-limits", "--seed", "--trained",
        "--all", "--log", "--measure-time",
    },
    "reproduce": {"--quick", "--out", "--jobs"},
    "see": PLANT | {
        "--scenes", "--seeds", "--first-seed", "--sights", "--eye-weights", "--show", "--out",
        "--jobs",
    },
    "sweep": {"--out", "--jobs", "--scheduler", "--shard", "--retry", "--dry-run"},
    "verify": {"--share", "--seed", "--jobs"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


class Interrupted(Controller):
    """Holds still until the person presses Ctrl-C."""

    def __init__(self, n_steps: int) -> None:
        self.left = n_steps

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return np.zeros(7)


class Idle(CountingController):
    """Takes its time, and counts as spikes the process that it is in."""

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        self.entered = time.perf_counter()
        time.sleep(0.001)
        return np.zeros(7)

    @property
    def counts(self) -> StepCounts:
        return StepCounts(spikes=os.getpid())


def interrupt(monkeypatch: pytest.MonkeyPatch, stage: str, n_steps: int) -> None:
    entry = replace(CONTROLLERS[stage], make=lambda *_: Interrupted(n_steps))
    monkeypatch.setitem(CONTROLLERS, stage, entry)


def replace_rate_by_pd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the benchmark's second stage be one that needs no network."""
    monkeypatch.setitem(CONTROLLERS, "rate", CONTROLLERS["pd"])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def read_config(folder: str) -> dict:
    return json.loads((Path(folder) / "config.json").read_text())


def test_all_arms_are_listed_with_their_joints_and_source(capsys):
    assert main(["arms"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"{len(ARMS)} arms ship with spikearm")
    for name, entry in ARMS.items():
        line, source = [line for line in printed.splitlines() if f" {name} " in f" {line} "]
        assert entry.title in line
        assert f" {load_arm(name).chain.n_joints} " in line
        assert entry.source in source


def test_a_run_leaves_its_folder_and_prints_its_table(capsys):
    assert main([*RUN, "--seed", "5", "--out", "here/monday"]) == 0
    printed = capsys.readouterr().out
    for part in ("gen3, sphere", "complete", "position rmse mm", "analytic", "pd",
                 "here/monday/report.html"):  # fmt: skip
        assert part in printed
    assert names(Path("here/monday")) == FILES
    assert names(Path("here")) == {"monday"}
    run = read_run(Path("here/monday"))
    assert run.status == "complete"
    assert [(row["controller"], row["seed"]) for row in run.rows] == [("analytic", 5), ("pd", 5)]
    assert [reach.controller for reach in run.reaches] == ["analytic", "analytic", "pd", "pd"]
    shown = f"{1e3 * run.rows[1]['position_rmse_m']:.3f}"
    assert shown in printed
    assert shown in Path("here/monday/report.html").read_text()


def test_the_record_has_a_row_per_step(capsys):
    assert main([*RUN, "--out", "run", "--no-report"]) == 0
    table = pq.read_table("run/trajectory.parquet")
    assert table.num_rows == 4 * N_STEPS
    assert set(table["controller"].to_pylist()) == {"analytic", "pd"}
    assert names(Path("run")) == FILES - {"report.html"}
    assert "Results: run" in capsys.readouterr().out


def test_the_analytic_controller_is_measured_once(capsys):
    assert main([*RUN, "--controller", "analytic", "--out", "run", "--no-report"]) == 0
    assert [row["controller"] for row in read_run(Path("run")).rows] == ["analytic"]


def test_the_configuration_is_written_as_it_was_resolved():
    assert main([*RUN, "--seed", "5", "--feedforward", "velocity", "--out", "run",
                 "--no-report"]) == 0  # fmt: skip
    config = read_config("run")
    assert (config["command"], config["name"], config["arm"]) == ("run", "run", "gen3")
    options = config["options"]
    assert options["task"] == {
        "variant": "sphere", "targets": 1, "radius": 0.03, "duration": 0.12, "hold": 0.03,
        "offset": 0.0, "speed_limits": False,
    }  # fmt: skip
    assert options["plant"]["arm"] == "gen3"
    expected = {
        "controller": "pd", "seed": 5, "feedforward": "velocity", "out": "run", "video": None,
        "report": False,
    }  # fmt: skip
    assert {name: options[name] for name in expected} == expected
    chain = load_arm("gen3").chain
    assert config["joints"] == list(chain.joints)
    assert config["torque_limits"] == chain.torque_limits.tolist()
    assert config["velocity_limits"] == chain.velocity_limits.tolist()
    assert config["estimated_velocities"] == []
    assert np.linalg.norm(config["forward_axis"]) == pytest.approx(1.0)


@pytest.mark.parametrize("command", ["run", "bench"])
@pytest.mark.parametrize("backend", ["engine", "emulator"])
def test_loihi_is_run_by_the_backend_that_was_asked_for(monkeypatch, command, backend):
    def make(setup: ControllerSetup) -> Controller:  # of what needs no network
        name = {EngineSimulation: "pd", EmulatorSimulation: "pid"}[setup.simulation]
        return CONTROLLERS[name].make(setup)

    spec = replace(CONTROLLERS["loihi"], make=make, needs_training=False)
    monkeypatch.setitem(CONTROLLERS, "loihi", spec)
    name = "--controller" if command == "run" else "--controllers"
    task = ["--variant", "sphere", *REACH]
    assert main([command, name, "loihi", *task, "--backend", backend, "--out", "loihi",
                 "--no-report"]) == 0  # fmt: skip
    stand_in = "pd" if backend == "engine" else "pid"
    assert main([*RUN, "--controller", stand_in, "--out", "stand-in", "--no-report"]) == 0
    loihi, expected = read_run(Path("loihi")), read_run(Path("stand-in"))
    assert (loihi.rows[1]["controller"], loihi.rows[1]["backend"]) == ("loihi", backend)
    assert loihi.config["options"]["backend"] == backend
    np.testing.assert_array_equal(loihi.reaches[3].trajectory.q, expected.reaches[3].trajectory.q)


@pytest.mark.parametrize("jobs", [["--jobs", "1"], ["--jobs", "3"], []])
def test_reaches_run_in_as_many_processes_as_was_asked_for(monkeypatch, jobs):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    entry = replace(CONTROLLERS["rate"], make=lambda *_: Idle(), needs_training=False)
    monkeypatch.setitem(CONTROLLERS, "rate", entry)
    fallen = ["--tracking-limit", "10"]  # an idle controller lets the arm fall
    assert main([*BENCH, *fallen, "--targets", "5", *jobs, "--out", "run", "--no-report"]) == 0
    reaches = [reach for reach in read_run(Path("run")).reaches if reach.controller == "rate"]
    found = {int(process) for reach in reaches for process in reach.trajectory.spikes}
    assert [(reach.target, reach.direction) for reach in reaches] == [
        (k, direction) for k in range(5) for direction in DIRECTIONS
    ]
    assert len(found) == (int(jobs[1]) if jobs else 2)
    assert (os.getpid() in found) == (jobs == ["--jobs", "1"])
    assert read_config("run")["options"]["jobs"] == (int(jobs[1]) if jobs else None)


def test_at_real_time_the_controller_is_paced_and_its_baseline_is_not(capsys):
    assert main([*RUN, "--out", "free", "--no-report"]) == 0
    assert "began late" not in capsys.readouterr().out
    assert main([*RUN, "--realtime", "--out", "paced", "--no-report"]) == 0
    printed = capsys.readouterr().out
    assert "began late" in printed
    assert "deadlines missed, % of steps" in printed
    free, paced = read_run(Path("free")), read_run(Path("paced"))
    analytic, pd = paced.rows
    assert (analytic["realtime"], pd["realtime"]) == (False, True)
    assert analytic["start_late_p50_s"] is None
    assert 0 <= pd["start_late_p50_s"] <= pd["start_late_max_s"]
    assert pd["realtime_factor"] <= 1.0  # no step begins before it is due
    for one, other in zip(free.reaches, paced.reaches, strict=True):
        np.testing.assert_array_equal(one.trajectory.q, other.trajectory.q)
        assert not one.trajectory.late_s.any()
        assert not one.trajectory.skipped_periods.any()
        assert other.trajectory.late_s.any() == (other.controller == "pd")


def test_at_real_time_reaches_run_one_by_one_in_this_process(monkeypatch):
    entry = replace(CONTROLLERS["pd"], make=lambda *_: Idle())
    monkeypatch.setitem(CONTROLLERS, "pd", entry)
    assert main([*RUN, "--targets", "2", "--realtime", "--out", "run",
                 "--tracking-limit", "10", "--no-report"]) == 0  # fmt: skip
    reaches = [reach for reach in read_run(Path("run")).reaches if reach.controller == "pd"]
    assert {int(process) for reach in reaches for process in reach.trajectory.spikes} == {
        os.getpid()
    }


def test_a_result_says_where_it_came_from():
    assert main([*RUN, "--out", "run", "--no-report"]) == 0
    config = read_config("run")
    for package in ("python", "spikearm", "nengo", "nengo-loihi", "mujoco", "numpy", "scipy"):
        assert config["versions"][package].count(".") >= 1
    assert config["versions"]["numpy"] == np.__version__
    assert config["git_commit"] is None or len(config["git_commit"].rstrip("+")) == 40
    assert config["created"].endswith("+00:00")
    assert config["machine"]["cores"] >= 1


def test_without_a_name_a_run_gets_a_dated_folder():
    assert main([*RUN, "--no-report"]) == 0
    (folder,) = Path("runs").iterdir()
    assert folder.name.startswith("run-gen3-20")
    assert read_run(folder).status == "complete"


def test_a_benchmark_measures_every_stage_with_every_seed_and_films_the_last(monkeypatch, capsys):
    replace_rate_by_pd(monkeypatch)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")  # a terminal, which shows progress
    assert main([*BENCH, "--seeds", "2", "--first-seed", "3", "--video", "--out", "run"]) == 0
    assert names(Path("run")) == FILES | {"video.mp4"}
    run = read_run(Path("run"))
    expected = [(stage, seed) for seed in (3, 4) for stage in ("analytic", "rate")]
    assert [(row["controller"], row["seed"]) for row in run.rows] == expected
    assert run.config["options"]["controllers"] == ["rate"]
    assert run.config["command"] == "bench"
    film = Path("run/video.mp4").read_bytes()
    assert b"ftyp" in film[:16]
    assert "data:video/mp4;base64," in Path("run/report.html").read_text()
    printed = capsys.readouterr()
    assert "filming rate, seed 3" in printed.err
    assert printed.out.startswith("rate reached its target in ")


def test_the_film_of_a_run_is_put_where_it_was_asked_for(capsys):
    assert main([*RUN, "--out", "run", "--no-report", "--video", "films/reach.mp4"]) == 0
    assert Path("films/reach.mp4").read_bytes() == Path("run/video.mp4").read_bytes()
    assert names(Path("films")) == {"reach.mp4"}
    assert "Film: films/reach.mp4" in capsys.readouterr().out


def test_two_runs_are_compared_in_one_report(capsys):
    for name, seed in (("monday", "3"), ("tuesday", "4")):
        assert main([*RUN, "--seed", seed, "--out", name, "--no-report"]) == 0
    assert main(["report", "monday", "tuesday", "--out", "both.html"]) == 0
    page = Path("both.html").read_text()
    for part in ("monday analytic", "monday pd", "tuesday analytic", "tuesday pd"):
        assert part in page
    assert "Report: both.html" in capsys.readouterr().out


def test_an_earlier_report_is_replaced_only_on_demand():
    assert main([*RUN, "--out", "run", "--no-report"]) == 0
    Path("report.html").write_text("Mine.")
    assert main(["report", "run"]) == 2
    assert Path("report.html").read_text() == "Mine."
    assert main(["report", "run", "--overwrite"]) == 0
    assert "Joint torques" in Path("report.html").read_text()


def test_a_run_that_was_reported_can_be_reported_again():
    assert main([*RUN, "--out", "run"]) == 0
    assert main(["report", "run"]) == 0
    assert "Joint torques" in Path("report.html").read_text()


@pytest.mark.parametrize("command", OPTIONS)
def test_help_names_every_option(command, capsys):
    assert set(COMMANDS) == set(OPTIONS)
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    words = set(capsys.readouterr().out.replace("[", " ").replace("]", " ").split())
    assert {word for word in words if word.startswith("--")} - {"--help"} >= OPTIONS[command]


def test_help_names_every_command_and_a_first_one_to_try(capsys):
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert "spikearm run --arm gen3" in printed
    for command in COMMANDS:
        assert f" {command} " in printed


def test_ctrl_c_keeps_the_finished_motions(monkeypatch, capsys):
    interrupt(monkeypatch, "pd", N_STEPS + 20)
    assert main([*RUN, "--out", "run"]) == INTERRUPTED == 130
    printed = capsys.readouterr()
    assert "interrupted" in printed.out
    assert "Report: run/report.html" in printed.out
    assert "Interrupted. 3 motions are finished and kept in 'run'" in printed.err
    run = read_run(Path("run"))
    assert run.status == "interrupted"
    expected = [("analytic", "out"), ("analytic", "back"), ("pd", "out")]
    assert [(reach.controller, reach.direction) for reach in run.reaches] == expected
    assert names(Path("run")) == FILES


def test_ctrl_c_before_anything_is_finished_says_that_nothing_was_written(
    monkeypatch, capsys, tmp_path
):
    interrupt(monkeypatch, "analytic", 20)
    assert main([*RUN, "--out", "run"]) == INTERRUPTED
    printed = capsys.readouterr().err
    assert "Interrupted. No motion was finished, and nothing was written." in printed
    assert names(tmp_path) == set()


def test_ctrl_c_while_filming_keeps_the_run_and_ends_with_status_130(monkeypatch, capsys):
    def film(*_: object) -> None:
        raise KeyboardInterrupt

    replace_rate_by_pd(monkeypatch)
    monkeypatch.setattr(video, "write_video", film)
    assert main([*BENCH, "--out", "run", "--video"]) == INTERRUPTED
    printed = capsys.readouterr()
    assert "position rmse mm" in printed.out
    assert "Report: run/report.html" in printed.out
    assert "Interrupted. All that was measured is kept in 'run'." in printed.err
    run = read_run(Path("run"))
    assert run.status == "complete"
    assert len(run.rows) == 2
    assert names(Path("run")) == FILES


def test_an_interrupted_run_is_filmed_and_its_film_is_put_where_it_was_asked_for(monkeypatch):
    interrupt(monkeypatch, "pd", N_STEPS + 20)
    arguments = [*RUN, "--out", "run", "--no-report", "--video", "films/reach.mp4"]
    assert main(arguments) == INTERRUPTED
    assert Path("films/reach.mp4").read_bytes() == Path("run/video.mp4").read_bytes()


def fail_to(monkeypatch: pytest.MonkeyPatch, function: str, sentence: str) -> None:
    def fail(*_: object) -> None:
        raise SpikearmError(sentence)

    home = {"write_video": video, "write_report": report, "write_run": running}[function]
    monkeypatch.setattr(home, function, fail)


@pytest.mark.parametrize(
    ("function", "missing", "place"),
    [
        ("write_video", "video.mp4", "Report: run/report.html"),
        ("write_report", "report.html", "Results: run\n"),
    ],
)
def test_a_film_or_report_that_fails_is_left_out_and_reported_after_the_results(
    monkeypatch, capsys, function, missing, place
):
    replace_rate_by_pd(monkeypatch)
    fail_to(monkeypatch, function, "The lamp went out.")
    assert main([*BENCH, "--out", "run", "--video"]) == BAD_INPUT
    printed = capsys.readouterr()
    assert "position rmse mm" in printed.out
    assert place in printed.out
    assert printed.err == "spikearm: The lamp went out.\n"
    assert names(Path("run")) == (FILES | {"video.mp4"}) - {missing}


def test_nothing_that_failed_hides_another_failure(monkeypatch, capsys):
    def make(*_: object) -> Controller:
        raise SpikearmError("The elbow came off.")

    entry = replace(CONTROLLERS["rate"], make=make, needs_training=False)
    monkeypatch.setitem(CONTROLLERS, "rate", entry)
    fail_to(monkeypatch, "write_video", "The lamp went out.")
    fail_to(monkeypatch, "write_report", "The pen ran dry.")
    assert main([*BENCH, "--out", "run", "--video"]) == BAD_INPUT
    printed = capsys.readouterr()
    assert "Results: run\n" in printed.out
    said = [f"spikearm: The {what}." for what in ("lamp went out", "pen ran dry", "elbow came off")]
    assert printed.err.splitlines() == said
    assert read_run(Path("run")).status == "failed"


def test_a_disk_that_fails_hides_no_results(monkeypatch, capsys):
    fail_to(monkeypatch, "write_run", "No space left.")
    assert main([*RUN, "--out", "run"]) == BAD_INPUT
    printed = capsys.readouterr()
    assert "position rmse mm" in printed.out
    assert "run/" not in printed.out  # there is no such place
    assert printed.err == "spikearm: No space left.\n"


def test_a_run_that_is_refused_copies_no_film_of_an_earlier_one(capsys):
    Path("old").mkdir()
    Path("old/video.mp4").write_text("Another arm.")
    assert main([*RUN, "--out", "old", "--video", "films/reach.mp4"]) == BAD_INPUT
    assert "never overwritten" in capsys.readouterr().err
    assert names(Path()) == {"old"}


def test_a_folder_that_was_renamed_is_compared_under_its_new_name():
    assert main([*RUN, "--out", "monday", "--no-report"]) == 0
    assert main([*RUN, "--seed", "4", "--out", "tuesday", "--no-report"]) == 0
    Path("monday").rename("first")
    assert main(["report", "first", "tuesday"]) == 0
    page = Path("report.html").read_text()
    assert "first pd" in page
    assert "monday pd" not in page


ADAPTIVE_RUN = [
    "run", "--controller", "analytic", "--adaptive", "--payload", "1", "--no-report", *REACH[2:],
    "--targets", "2",
]  # fmt: skip


def test_a_run_that_learns_shows_it_reach_by_reach_and_keeps_what_it_learned(capsys):
    assert main([*ADAPTIVE_RUN, "--keep-learned", "learned.npz", "--out", "first"]) == 0
    printed = capsys.readouterr().out
    for part in ("analytic + adaptive", "Position rmse mm, reach by reach", "2 back",
                 "No error, trace or weight was cut", "learned.npz"):  # fmt: skip
        assert part in printed
    run = read_run(Path("first"))
    assert [(row["controller"], row["adaptive"]) for row in run.rows] == [
        ("analytic", False), ("analytic", True),
    ]  # fmt: skip
    assert run.rows[0]["learning_updates"] is None
    assert run.rows[1]["learning_updates"] > 0
    assert run.rows[1]["position_rmse_m"] < run.rows[0]["position_rmse_m"]


def test_a_run_goes_on_with_what_was_learned_and_frozen_learns_no_more(capsys):
    main([*ADAPTIVE_RUN, "--keep-learned", "a.npz", "--out", "first"])
    assert main([*ADAPTIVE_RUN, "--learned", "a.npz", "--out", "second"]) == 0
    frozen = ["--learned", "a.npz", "--freeze", "--keep-learned", "b.npz", "--out", "third"]
    assert main([*ADAPTIVE_RUN, *frozen]) == 0
    first, second, third = (
        read_run(Path(name)).rows[1]["position_rmse_m"] for name in ("first", "second", "third")
    )
    assert second < 0.7 * first
    assert third < 0.9 * first
    with np.load("a.npz") as a, np.load("b.npz") as b:
        assert set(a.files) == {"about", "weights-0"}
        np.testing.assert_array_equal(a["weights-0"], b["weights-0"])


def test_curves_of_learning_are_printed_and_written(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    command = ["adapt", "--controllers", "pd", "--trials", "2", "--seeds", "2", *REACH[2:]]
    more = ["--perturbations", "friction", "payload=1", "--probes", "0", "--out", "learned"]
    assert main([*command, *more]) == 0
    printed = capsys.readouterr().out
    for part in ("Learning", "payload 1 kg", "friction 5 %", "trial 2", "normalised error"):
        assert part in printed
    names = {
        "config.json", "summary.json", "learning.parquet", "trajectories.parquet", "learning.html"
    }  # fmt: skip
    assert {path.name for path in Path("learned").iterdir()} == names
    rows = json.loads(Path("learned/summary.json").read_text())["rows"]
    done = [(row["perturbation"], row["strength"], row["seed"]) for row in rows]
    friction, payload = ("friction", 0.05), ("payload", 1.0)
    assert done == [(*friction, 0), (*friction, 1), (*payload, 0), (*payload, 1)]
    assert len(pq.read_table("learned/learning.parquet")) == 4 * 2


@pytest.mark.filterwarnings("ignore:Clipping learning weights:UserWarning")
def test_weights_that_no_longer_fit_the_chip_are_counted_and_named(capsys):
    few = ["--neurons", "60", "--learning-rate", "2", "--push", "10", "--active-share", "0.9"]
    command = ["adapt", "--controllers", "pd", "--trials", "4", "--probes", "0"]
    assert main([*command, *few, *REACH[2:], "--out", "clipped"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    (row,) = json.loads(Path("clipped/summary.json").read_text())["rows"]
    n_steps = row["overflow_counts"]["Clipping learning weights"]
    assert n_steps > 0
    assert row["largest_weight"] > 0.9
    assert f"Clipping learning weights in {n_steps} steps" in printed
    assert "a smaller learning rate or more neurons" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--learned", "a.npz"], "--learned counts only with --adaptive"),
        (
            ["run", "--adaptive", "--learned", "nowhere.npz"],
            "no file of learned weights at 'nowhere.npz'",
        ),
        (["run", "--adaptive", "--keep-learned", "a.txt"], "ends in .npz"),
        (["run", "--payload", "-1"], "payload -1 is not possible: give 0 or more"),
        (["adapt", "--target", "8"], "no target 8"),
        (["adapt", "--perturbations", "payload=-1"], "payload=-1 is not possible: give 0 kg"),
        (
            ["adapt", "--arm", "ur5e", "--controllers", "loihi", "--perturbations", "gravity"],
            "weightless",
        ),
    ],
)
def test_what_cannot_be_learned_is_refused(capsys, arguments, said):
    assert main(arguments) == BAD_INPUT
    assert said in capsys.readouterr().err.replace("\n", " ")
    assert list(Path().iterdir()) == []


def test_motions_across_the_workspace_go_from_pose_to_pose():
    arguments = ["--task", "workspace", "--arm", "panda", "--targets", "2", "--out", "across"]
    assert main(["bench", *arguments, "--controllers", "analytic", "--jobs", "1"]) == 0
    run = read_run(Path("across"))
    (row,) = run.rows
    assert (row["task"], row["n_motions"], row["success_rate"]) == ("workspace", 2, 1.0)
    assert (row["radius_m"], row["duration_s"]) == (0.5, 1.85)
    first, second = run.reaches
    assert (first.direction, second.direction) == ("out", "out")
    gap = first.trajectory.hand_position[-1] - second.trajectory.hand_position[0]
    assert np.linalg.norm(gap) < 1.5e-3
    assert "<h1>panda: reaching (workspace)</h1>" in Path("across/report.html").read_text()


def test_a_variant_across_the_workspace_is_refused(capsys):
    assert main(["run", "--task", "workspace", "--variant", "pose"]) == BAD_INPUT
    assert "no variant and no offset" in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_stress_goes_from_pose_to_pose_too():
    arguments = ["--task", "workspace", "--arm", "panda", "--targets", "1", "--out", "stressed"]
    wanted = ["--controllers", "analytic", "--perturbations", "payload=0.5", "--jobs", "1"]
    assert main(["stress", *arguments, *wanted]) == 0
    points = json.loads(Path("stressed/summary.json").read_text())["rows"]
    assert [point["n_motions"] for point in points] == [1, 1]
