"""Trained controllers: to a file and back, and what is said of files that are none."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.weights import shipped_folder
from spikearm.controller.weights.trained import TrainedController, shipped

ABOUT: dict[str, Any] = {
    "arm": "planar3", "joints": ["a", "b", "c"], "training": {"seed": 4, "max_rates": [60.0, 140.0]}
}  # fmt: skip
SINGLE = 6e-8  # relative, half a unit in the last place of single precision


@pytest.fixture
def file(weights, tmp_path) -> Path:
    path = tmp_path / "controller.npz"
    with path.open("wb") as opened:
        TrainedController(weights, Workspace(radius=0.17, tilt=0.31), ABOUT).save(opened)
    return path


def test_what_is_saved_is_loaded_to_single_precision(weights, file):
    again = TrainedController.load(file)
    assert again.workspace == Workspace(radius=0.17, tilt=0.31)
    assert again.about == ABOUT
    before, after = weights.arrays(), again.weights.arrays()
    assert set(after) == set(before)
    for name, array in before.items():
        np.testing.assert_allclose(after[name], array, rtol=SINGLE, err_msg=name)
        assert after[name].dtype == np.float64
    assert any((after[name] != array).any() for name, array in before.items())  # it is single


def test_saved_again_it_is_the_same_to_the_last_bit(file):
    once = TrainedController.load(file)
    copy = io.BytesIO()
    once.save(copy)
    file.write_bytes(copy.getvalue())
    again = TrainedController.load(file)
    for name, array in once.weights.arrays().items():
        np.testing.assert_array_equal(again.weights.arrays()[name], array)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpikearmError, match=r"no trained controller at .*nowhere\.npz.*`spikearm"):
        TrainedController.load(tmp_path / "nowhere.npz")


def truncated(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def damaged(file: Path) -> None:
    """Change bytes in the middle, in one array's compressed numbers."""
    whole = bytearray(file.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 40] = bytes(40)
    file.write_bytes(whole)


def foreign(file: Path) -> None:
    np.savez(file, lengths=np.arange(3.0), format_version=2)


def no_zip(file: Path) -> None:
    file.write_text("step,torque\n1,0.4\n")


def a_bare_array(file: Path) -> None:
    with file.open("wb") as opened:
        np.save(opened, np.arange(4.0))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def rewritten(**changes: Any) -> Callable[[Path], None]:
    """Put other arrays into a file, or leave those out that are None."""

    def spoil(file: Path) -> None:
        with np.load(file) as arrays:
            kept = {name: arrays[name] for name in arrays.files} | changes
        np.savez(file, **{name: array for name, array in kept.items() if array is not None})

    return spoil


def about(**changes: Any) -> np.ndarray:
    whole = {"workspace": {"radius": 0.17, "tilt": 0.31}, **ABOUT} | changes
    kept = {name: value for name, value in whole.items() if value is not None}
    return np.array(json.dumps(kept))


HIDDEN = (11, 14)  # numbers of neurons, as the weights made up for tests have them
SPOILED: dict[str, tuple[Callable[[Path], None], str]] = {
    "truncated": (truncated, "it does not hold named arrays, or not all"),
    "damaged": (damaged, ""),
    "of other arrays": (foreign, "it lacks about, readout.loihi, readout.rate, readout.spiking"),
    "no archive": (no_zip, "it does not hold named arrays"),
    "a bare array": (a_bare_array, "it does not hold named arrays"),
    "empty": (empty, "it does not hold named arrays"),
    "without weights": (rewritten(hidden=None), "it lacks hidden"),
    "without scaling": (rewritten(**{"scaling.torque": None}), "it lacks torque"),
    "without a stage": (rewritten(**{"readout.loihi": None}), r"it lacks readout\.loihi"),
    "with more than a network has": (rewritten(cerebellum=np.ones(3)), "cerebellum"),
    "no number": (rewritten(hidden=np.full(HIDDEN, np.nan)), "hidden holds what is no finite"),
    "infinite": (rewritten(hidden=np.full(HIDDEN, np.inf)), "hidden holds what is no finite"),
    "of another shape": (
        rewritten(hidden=np.ones((11, 13))),
        r"hidden has shape \(11, 13\), but this network needs \(11, 14\)",
    ),
    "a number in place of an array": (rewritten(latent=np.array(2.0)), "len"),
    "words": (rewritten(hidden=np.full(HIDDEN, "strong")), "could not convert"),
    "objects": (rewritten(hidden=np.full(HIDDEN, None)), "Object arrays cannot be loaded"),
    "not about anything": (rewritten(about=np.array("{")), "about is no JSON"),
    "about no joints": (rewritten(about=about(joints=None)), "about lacks joints"),
    "about no workspace": (rewritten(about=about(workspace=None)), "about lacks workspace"),
    "about an empty workspace": (
        rewritten(about=about(workspace={"radius": 0, "tilt": 0})), "radius of 0 m",
    ),
    "about gravity of two axes": (
        rewritten(about=about(gravity=[0.0, -9.81])), "gravity of about is wrong: expected list",
    ),
    "about joints that are numbers": (
        rewritten(about=about(joints=[1, 2, 3])), r"joints\[0\] of about is wrong: expected text",
    ),
    "of no version": (rewritten(format_version=np.array("new")), "invalid literal"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SPOILED)
def test_a_file_of_another_kind_is_refused_in_a_sentence(file, kind):
    spoil, reason = SPOILED[kind]
    spoil(file)
    with pytest.raises(SpikearmError, match=f"is no trained controller: .*{reason}") as told:
        TrainedController.load(file)
    assert str(told.value).endswith("`spikearm train` made.")
    assert "\n" not in str(told.value)


def test_whatever_happens_to_its_bytes_a_file_is_refused_or_holds_the_same_numbers(file):
    whole, rng = file.read_bytes(), np.random.default_rng(8)
    before = TrainedController.load(file).weights.arrays()
    refused = 0
    for number in range(150):
        changed = bytearray(whole)
        # Where arrays begin and where the list of them ends are the parts that mean most.
        reach = len(whole) if number % 2 else 3000
        for place in rng.integers(reach, size=rng.choice([1, 5])).tolist():
            changed[-place if number % 4 else place] = int(rng.integers(256))
        file.write_bytes(changed)
        try:
            after = TrainedController.load(file).weights.arrays()
        except SpikearmError as error:
            assert "\n" not in str(error)
            refused += 1
        else:
            for name, array in before.items():
                np.testing.assert_array_equal(after[name], array)
    assert 75 < refused < 150


def test_a_file_of_a_later_version_asks_for_a_newer_program(file):
    rewritten(format_version=np.array(3))(file)
    with pytest.raises(SpikearmError, match=r"version 3, but .* version 2: use a newer spikearm"):
        TrainedController.load(file)


def test_a_file_from_before_there_were_versions_is_of_the_first(file):
    rewritten(format_version=None)(file)
    with pytest.raises(SpikearmError, match=r"of version 1, but .* version 2: use the spikearm"):
        TrainedController.load(file)


def test_a_folder_in_place_of_the_file_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(SpikearmError, match=r"Cannot read '.*': Is a directory\."):
        TrainedController.load(tmp_path)


def test_an_arm_without_a_shipped_controller_gets_the_command_that_trains_one():
    with pytest.raises(
        SpikearmError, match=r"for 'hexapod' .*Train one with `spikearm train` and use"
    ):
        shipped("hexapod")


def test_a_shipped_controller_is_loaded_by_the_arms_name(monkeypatch, file):
    file.rename(file.parent / "planar3.npz")
    monkeypatch.setattr(shipped_folder, "SHIPPED_FOLDER", file.parent)
    assert shipped("planar3").about == ABOUT
    with pytest.raises(SpikearmError, match=r"there are: planar3\)"):
        shipped("planar2")
    with pytest.raises(
        SpikearmError, match=r"for 'planar3-weightless' .*Train one without gravity with"
    ):
        shipped("planar3", knows_gravity=False)


@pytest.mark.parametrize(
    ("about", "knows"),
    [({}, True), ({"gravity": [0.0, 0.0, -1.62]}, True), ({"gravity": [0.0, 0.0, 0.0]}, False)],
)
def test_it_knows_gravity_unless_it_was_trained_without(weights, about, knows):
    assert TrainedController(weights, Workspace(0.1, 0.1), about).knows_gravity == knows
