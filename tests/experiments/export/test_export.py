"""``spikearm export``: what it writes, and what it says when it cannot."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.spiking.settled_controller import SETTLING_STEPS
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.export.bundle import Bundle

CONTROLLER = "controller.npz"
EXPORT = ["export", "--arm", "gen3", "--trained", CONTROLLER]
BUNDLE = [*EXPORT, "--to", "bundle", "--out", "gen3.bundle.npz", "--run-time", "0.02"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch, trained):
    """Work in a folder with nothing but a controller."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    with Path(CONTROLLER).open("wb") as file:
        trained.save(file)


def names() -> set[str]:
    return {path.name for path in Path().iterdir()}


def test_a_bundle_holds_the_controller_and_says_where_it_comes_from(trained, capsys):
    assert main(BUNDLE) == 0
    assert "Exported: gen3.bundle.npz" in capsys.readouterr().out
    assert names() == {CONTROLLER, "gen3.bundle.npz"}
    bundle = Bundle.load(Path("gen3.bundle.npz"))
    assert bundle.about["arm"] == "gen3"
    assert bundle.about["joints"] == list(load_arm("gen3").chain.joints)
    assert bundle.about["options"]["trained"] == CONTROLLER
    assert {"created", "versions", "git_commit"} <= bundle.about.keys()
    np.testing.assert_allclose(bundle.scaling.middle, trained.weights.scaling.middle, rtol=1e-6)
    assert len(bundle.run.torque) == SETTLING_STEPS + 20
    assert np.ptp(bundle.run.command[SETTLING_STEPS:], axis=0).max() > 0


def test_a_graph_can_be_read_by_the_package_nir(trained):
    nir = pytest.importorskip("nir")
    assert main([*EXPORT, "--to", "nir", "--out", "gen3.nir"]) == 0
    assert names() == {CONTROLLER, "gen3.nir"}
    graph = nir.read("gen3.nir")
    np.testing.assert_array_equal(
        graph.nodes["factor_weights"].weight, trained.weights.factors.astype(np.float32)
    )


def no_nir(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(sys.modules, "nir", None)


def full_disk(patch: pytest.MonkeyPatch) -> None:
    def save(file: object, **_: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patch.setattr(np, "savez_compressed", save)


def damaged(patch: pytest.MonkeyPatch) -> None:
    path = Path(CONTROLLER)
    path.write_bytes(path.read_bytes()[:-1000])


def there_already(patch: pytest.MonkeyPatch) -> None:
    Path("gen3.bundle.npz").write_text("Three years of work.")


def nothing(patch: pytest.MonkeyPatch) -> None:
    pass


BAD: dict[str, tuple[list[str], Callable[[pytest.MonkeyPatch], None], list[str]]] = {
    "unknown arm": ([*BUNDLE, "--arm", "puma"], nothing, ["'puma'", "gen3, panda"]),
    "arm of other joints": (
        [*BUNDLE, "--arm", "panda"], nothing, ["moves joints joint_1", "spikearm train"],
    ),
    "arm without a controller": (
        ["export", "--arm", "planar3", "--out", "a.npz"], nothing, ["No trained controller ships"],
    ),
    "controller that is missing": (
        [*BUNDLE, "--trained", "none.npz"], nothing, ["no trained controller at 'none.npz'"],
    ),
    "damaged controller": (BUNDLE, damaged, [f"'{CONTROLLER}' is no trained controller"]),
    "file that exists": (BUNDLE, there_already, ["'gen3.bundle.npz' exists", "another file"]),
    "file of another kind": (
        [*EXPORT, "--out", "gen3.zip"], nothing, ["'gen3.zip'", "ends in .npz"],
    ),
    "run without a step": ([*BUNDLE, "--run-time", "0"], nothing, ["0.0 s", "give a step"]),
    "run without an end": ([*BUNDLE, "--run-time", "inf"], nothing, ["inf s", "give a step"]),
    "package that is missing": (
        [*EXPORT, "--to", "nir", "--out", "gen3.nir"], no_nir, ["pip install 'spikearm[export]'"],
    ),
    "graph in a file of another kind": (
        [*EXPORT, "--to", "nir", "--out", "gen3.npz"], nothing, ["'gen3.npz'", "ends in .nir"],
    ),
    "full disk": (BUNDLE, full_disk, ["No space left", "Nothing was left behind"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_what_goes_wrong_gets_a_sentence_and_leaves_nothing_behind(kind, monkeypatch, capsys):
    arguments, given, sentence = BAD[kind]
    given(monkeypatch)
    before = {path: path.read_bytes() for path in Path().iterdir()}
    assert main(arguments) == BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("spikearm: ")
    assert said.count("\n") == 1
    for part in sentence:
        assert part in said
    assert {path: path.read_bytes() for path in Path().iterdir()} == before
