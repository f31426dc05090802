"""Bad input: each kind gets its sentence and exit status 2, and leaves nothing half-written."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.controllers import CONTROLLERS
from spikearm.experiments.records.records import read_run

TRAIN = ["train", "--out", "run"]
RUN = ["run", "--controller", "analytic", "--targets", "1", "--no-report", "--out", "run"]
ARM = """
<mujoco>
  <worldbody>
    <body name="link"><joint name="hinge" axis="0 1 0"/><geom size="0.1" mass="{mass}"/>
      <site name="hand"/></body>
    <body name="pedestal"><joint name="lift" type="slide"/><geom size="0.1"/></body>
  </worldbody>
  <actuator>{actuator}</actuator>
</mujoco>
"""
MOTOR = '<motor joint="hinge" ctrllimited="true" ctrlrange="-9 9"/>'


class FailingController(Controller):
    """Gives no number after a while."""

    def __init__(self) -> None:
        self._steps = 0

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (7,) [N m]."""
        self._steps += 1
        return np.full(7, np.nan if self._steps > 3 else 0.0)


def a_file(path: Path, text: str) -> None:
    path.write_text(text)


def an_arm(actuator: str = MOTOR, mass: str = "1") -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: a_file(Path("arm.xml"), ARM.format(actuator=actuator, mass=mass))


def a_full_folder(patch: pytest.MonkeyPatch) -> None:
    Path("run").mkdir()
    a_file(Path("run/thesis.tex"), "Three years of work.")


def a_full_disk(patch: pytest.MonkeyPatch) -> None:
    def write_table(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patch.setattr(pq, "write_table", write_table)


def a_failing_controller(patch: pytest.MonkeyPatch) -> None:
    entry = replace(CONTROLLERS["analytic"], make=lambda *_: FailingController())
    patch.setitem(CONTROLLERS, "analytic", entry)


def no_display(patch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        patch.delenv(name, raising=False)


def no_renderer(patch: pytest.MonkeyPatch) -> None:
    no_display(patch)
    patch.delenv("MUJOCO_GL", raising=False)


def nothing(patch: pytest.MonkeyPatch) -> None:
    pass


@dataclass(frozen=True)
class Bad:
    """One kind of bad input.

    Attributes:
        arguments: The command line.
        sentence: Parts of what it must say: what was wrong, and what to do.
        given: Makes the situation.
    """

    arguments: list[str]
    sentence: list[str]
    given: Callable[[pytest.MonkeyPatch], None] = field(default=nothing)


FILE = ["--arm", "arm.xml"]
KINDS = {
    "unknown arm": Bad([*RUN, "--arm", "puma"], ["'puma'", "gen3, panda"]),
    "file that is no MJCF": Bad(
        [*RUN, *FILE], ["cannot read 'arm.xml'"], lambda patch: a_file(Path("arm.xml"), "<mujoco>")
    ),
    "MJCF without joints": Bad(
        [*RUN, *FILE], ["no joints", "includes it"],
        lambda patch: a_file(Path("arm.xml"), "<mujoco/>"),
    ),
    "MJCF without torque limits": Bad(
        [*RUN, *FILE], ["bounds no torque", "torque_limits"], an_arm(actuator="")
    ),
    "link that weighs nothing": Bad(
        [*RUN, *FILE], ["nearly singular", "armature"], an_arm(mass="1e-8")
    ),
    "end effector that does not exist": Bad(
        [*RUN, "--end-effector", "tail"], ["'tail' is not in this model", "Sites"]
    ),
    "joint that does not exist": Bad(
        [*RUN, "--joints", "joint_1", "knee"], ["'knee' is not in this model", "joint_7"]
    ),
    "joint named twice": Bad(
        [*RUN, "--joints", "joint_1", "joint_1"], ["'joint_1' is named twice", "once"]
    ),
    "joint that does not move the hand": Bad(
        [*RUN, *FILE, "--joints", "lift"], ["'lift'", "hinge"], an_arm()
    ),
    "arm with too few joints": Bad([*RUN, *FILE], ["1 joints", "6 joints or more"], an_arm()),
    "torque limits for other joints": Bad(
        [*RUN, "--torque-limits", "9", "9"], ["[9.0, 9.0] do not fit", "each of the joints"]
    ),
    "torque limit below zero": Bad(
        [*RUN, "--torque-limits", *["9"] * 6, "-9"], ["do not fit", "one positive number"]
    ),
    "home pose for other joints": Bad([*RUN, "--home", "0", "1"], ["2 numbers", "7 joints"]),
    "home pose beyond a limit": Bad(
        [*RUN, "--home", *["0"] * 5, "3", "0"], ["'joint_6' at 3.000 rad", "-2.090 to 2.090"]
    ),
    "armature below zero": Bad([*RUN, "--armature", "-0.1"], ["-0.1", "0 kg m^2 or more"]),
    "target out of reach": Bad([*RUN, "--radius", "1.5"], ["out of reach", "smaller radius"]),
    "radius that is none": Bad([*RUN, "--radius", "-0.2"], ["-0.2 m", "above 0"]),
    "start out of reach": Bad(
        [*RUN, "--offset", "1.5"], ["starts, 1.5 m from home", "out of reach", "smaller offset"]
    ),
    "offset below zero": Bad([*RUN, "--offset", "-0.1"], ["-0.1 m", "0 or more"]),
    "motion that is too fast": Bad(
        [*RUN, "--duration", "0.05", "--no-speed-limits"],
        ["out of reach", "too fast", "longer duration"]
    ),
    "motion without time": Bad([*RUN, "--duration", "0"], ["duration of 0.0 s", "above 0"]),
    "hold below zero": Bad([*RUN, "--hold", "-1"], ["hold of -1.0 s", "0 or more"]),
    "no targets": Bad([*RUN, "--targets", "0"], ["0 targets", "1 or more"]),
    "negative seed": Bad([*RUN, "--seed", "-3"], ["-3 is negative", "0 or more"]),
    "seed that no generator takes": Bad(
        [*RUN, "--seed", str(2**63)], [f"{2**63} is too large", "at most 4294967295"]
    ),
    "seeds of which the last is too large": Bad(
        ["bench", "--first-seed", str(2**32 - 1), "--seeds", "2", "--out", "run"],
        ["4294967296 is too large", "at most 4294967295"],
    ),
    "gain without an end": Bad([*RUN, "--kp", "inf"], ["kp", "inf"]),
    "limit without an end": Bad(
        [*RUN, "--torque-limits", *["9"] * 6, "inf"], ["torque_limits is inf", "finite"]
    ),
    "number that is none": Bad([*RUN, "--ki", "nan"], ["ki nan is not possible", "0 or more"]),
    **{
        f"no {noun} of {words[0]}": Bad([*words, "--out", "run"], [f"No {noun} is named"])
        for noun, words in (
            ("perturbation", ["stress", "--perturbations"]),
            ("perturbation", ["adapt", "--perturbations"]),
            ("sight", ["see", "--sights"]),
            ("sight", ["bench", "--task", "seen", "--sights"]),
            ("controller", ["stress", "--controllers"]),
        )
    },
    "no seeds": Bad(["bench", "--seeds", "0", "--out", "run"], ["0 seeds", "1 or more"]),
    "no reaches at a time": Bad([*RUN, "--jobs", "0"], ["0 jobs are too few", "1 or more"]),
    "less than no reaches at a time": Bad(
        ["bench", "--controllers", "analytic", "--jobs", "-2", "--out", "run"],
        ["-2 jobs are too few", "1 or more"],
    ),
    "no reaches at a time in a window": Bad(
        [*RUN, "--view", "--jobs", "0"], ["0 jobs are too few", "1 or more"]
    ),
    **{
        f"no Loihi board for {' '.join(words[:1])}": Bad(
            [*words, "--backend", "board"],
            ["NxSDK", "Research Community", "backend engine computes the same spikes"],
        )
        for words in (
            [*RUN, "--controller", "loihi"],
            ["bench", "--controllers", "loihi", "--out", "run"],
            ["deploy", "--log", "log.jsonl"],
        )
    },
    "folder that is not empty": Bad(RUN, ["'run'", "never overwritten"], a_full_folder),
    "folder that one is in": Bad([*RUN[:-1], "."], ["'.' is the folder that you are in", "new"]),
    "folder above": Bad([*RUN[:-1], ".."], ["'..'"]),
    "folder that is a link": Bad(
        RUN, ["'run' is a link", "Name a new folder"], lambda patch: Path("run").symlink_to("there")
    ),
    "folder with a name that is too long": Bad(
        [*RUN[:-1], "r" * 256], ["File name too long", "Name a"]
    ),
    "film with a name that is too long": Bad(
        [*RUN, "--video", f"{'r' * 256}.mp4"], ["File name too long", "another file"],
    ),
    "folder with a name that is not UTF-8": Bad(
        [*RUN[:-1], "b\udcf6se"], ["b\\udcf6se' is not UTF-8", "plain letters"]
    ),
    "folder that cannot be written": Bad(
        [*RUN[:-1], "file/run"], ["Cannot write to 'file'", "Name a folder"],
        lambda patch: a_file(Path("file"), ""),
    ),
    "full disk": Bad(RUN, ["No space left", "Nothing was left behind"], a_full_disk),
    "torque that is no number": Bad(
        RUN, ["Torque of joint_1", "not finite at 0.003 s", "gains"], a_failing_controller
    ),
    **{
        f"controller of {' '.join(words[:1])} that nobody knows": Bad(
            [*words, "telepathy"], ["no controller 'telepathy'", "analytic, rate, spiking"]
        )
        for words in (
            [*RUN, "--controller"],
            *([name, "--out", "run", "--controllers"] for name in ("bench", "stress", "adapt")),
        )
    },
    "window and wall clock at once": Bad(
        [*RUN, "--view", "--realtime"], ["--view or --realtime", "--video"]
    ),
    "window without a display": Bad([*RUN, "--view"], ["no display", "film the arm"], no_display),
    "film without a renderer": Bad(
        [*RUN, "--video", "film.mp4"], ["no display", "MUJOCO_GL=egl"], no_renderer
    ),
    "film that is no film": Bad([*RUN, "--video", "film.gif"], ["'film.gif'", "ends in .mp4"]),
    "film that exists": Bad(
        [*RUN, "--video", "film.mp4"], ["'film.mp4' exists"],
        lambda patch: a_file(Path("film.mp4"), "Holiday."),
    ),
    "film that cannot be written": Bad(
        [*RUN, "--video", "file/film.mp4"], ["Cannot write 'file/film.mp4'", "another file"],
        lambda patch: a_file(Path("file"), ""),
    ),
    "training without reaches": Bad(
        [*TRAIN, "--reaches", "0"], ["0 samples, fewer than one batch", "more reaches"]
    ),
    "batch larger than the samples": Bad(
        [*TRAIN, "--reaches", "10", "--batch", "641"], ["640 samples", "batch of 641", "smaller"]
    ),
    "too few recordings": Bad(
        [*TRAIN, "--recordings", "9"], ["9 recordings", "give 10 to"]
    ),
    "more recordings than samples": Bad(
        [*TRAIN, "--reaches", "100", "--recordings", "6401"],
        ["6401 recordings", "10 to 6400"],
    ),
    "fewer products than pairs": Bad(
        [*TRAIN, "--n-latent", "5", "--products", "29"], ["29 product neurons", "30 or more"]
    ),
    "layer without neurons": Bad([*TRAIN, "--n-code", "0"], ["n_code is 0", "1 or more"]),
    "rates beyond what neurons can": Bad(
        [*TRAIN, "--max-rates", "100", "1000"], ["100 to 1000 Hz", "between 0 and 1000"]
    ),
    "share that is none": Bad([*TRAIN, "--velocity-share", "1.1"], ["share of 1.1", "0 to 1"]),
    "learning rate that learns nothing": Bad(
        [*TRAIN, "--learning-rate", "0"], ["learning_rate 0", "more than 0"]
    ),
    "training for no radius": Bad([*TRAIN, "--radius", "0"], ["radius of 0 m", "more than 0"]),
    "training for a turn below zero": Bad([*TRAIN, "--tilt", "-0.1"], ["-0.1 rad", "0 to pi"]),
    "negative seed of training": Bad([*TRAIN, "--seed", "-1"], ["-1 is negative", "0 or more"]),
    "seed of training that no generator takes": Bad(
        [*TRAIN, "--seed", str(2**32)], ["4294967296 is too large", "at most 4294967295"]
    ),
    "training by nobody": Bad([*TRAIN, "--jobs", "0"], ["0 jobs", "1 or more"]),
    "name that looks like markup": Bad(["report", "[red]here"], ["'[red]here' is not a run"]),
    "report of no run": Bad(["report", "here"], ["'here' is not a run", "spikearm run"]),
    "report that exists": Bad(
        ["report", "here"], ["'report.html' exists", "--overwrite"],
        lambda patch: a_file(Path("report.html"), "Mine."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_gets_a_sentence_and_leaves_nothing_behind(kind, tmp_path, monkeypatch, capsys):
    bad = KINDS[kind]
    monkeypatch.chdir(tmp_path)
    bad.given(monkeypatch)
    before = snapshot(tmp_path)
    assert main(bad.arguments) == BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("spikearm: ")
    assert said.count("\n") == 1
    for part in bad.sentence:
        assert part in said
    assert snapshot(tmp_path) == before


def snapshot(folder: Path) -> dict[str, str]:
    return {str(p): p.read_text() if p.is_file() else "" for p in folder.rglob("*")}


def test_a_controller_that_fails_late_loses_no_finished_work(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    entry = replace(CONTROLLERS["pd"], make=lambda *_: FailingController())
    monkeypatch.setitem(CONTROLLERS, "pd", entry)
    assert main([*RUN, "--controller", "pd"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "pd lost the arm in 1 motion (seed 0, target 0, out): 2 of 2 were not made" in said
    assert "not finite" in said
    run = read_run(tmp_path / "run")
    assert run.status == "complete"
    assert [(reach.controller, reach.direction) for reach in run.reaches] == [
        ("analytic", "out"),
        ("analytic", "back"),
    ]


def test_a_renderer_that_mujoco_does_not_know_is_named_before_mujoco_fails():
    done = subprocess.run(
        [sys.executable, "-m", "spikearm.experiments.cli", "arms"],
        env=os.environ | {"MUJOCO_GL": "crayon"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == BAD_INPUT
    assert "MUJOCO_GL='crayon'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (["run", "--backend", "abacus"], "emulator"),
        (["bench", "--backend", "abacus"], "emulator"),
        (["bench", "--jobs", "several"], "int"),
    ],
)
def test_a_word_that_the_command_line_does_not_know_ends_with_status_2(capsys, words, known):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == BAD_INPUT
    said = capsys.readouterr().err
    assert words[-1] in said
    assert known in said


def test_debug_shows_the_traceback(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match="puma"):
        main([*RUN, "--arm", "puma", "--debug"])
