"""Accuracy of sights on held-out scenes."""

import pytest

from spikearm.arm_models import load_arm
from spikearm.experiments.seen.accuracy.accuracy import SeenScene, SightTest
from spikearm.experiments.seen.accuracy.accuracy_study import AccuracyStudy, summarise


def scene(case: str, error: float | None, **others) -> SeenScene:
    return SeenScene("eye", 0, 0, case, error is not None, error, 1.5, 0.5, 0.02, **others)  # type: ignore[arg-type]


def test_cases_are_counted_apart_and_what_was_not_seen_is_far():
    scenes = [
        scene("visible", 0.004), scene("visible", 0.03), scene("visible", None),
        scene("hidden", 0.01), scene("hidden", None), scene("empty", None), scene("empty", None),
    ]  # fmt: skip
    row = summarise("eye", None, scenes)
    assert (row["n_visible"], row["n_hidden"], row["n_empty"]) == (3, 2, 2)
    assert row["median_m"] == pytest.approx(0.03)
    assert row["within_20_mm"] == pytest.approx(1 / 3)
    assert row["found"] == pytest.approx(2 / 3)
    assert row["hidden_within_20_mm"] == pytest.approx(1 / 2)
    assert row["alarms"] == 0.0


def test_a_red_ball_is_seen_within_millimetres_where_both_cameras_see_it():
    arm = load_arm("gen3")
    scenes = SightTest(arm, "colour").measure(seed=1, numbers=range(2, 5))
    errors = [one.error_m for one in scenes if one.case == "visible"]
    assert len(errors) >= 2
    assert all(error is not None and error < 0.015 for error in errors)
    study = AccuracyStudy(arm, ["colour"], [1], 3, None)
    assert "Sight colour" in study.verdict([scenes])
    assert study.details([scenes])[0]["scene"] == 2
