"""Findings, their list and the verdict on them."""

from dataclasses import replace

import pytest

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import (
    Measurement,
    conditions_of,
    values_of,
)
from spikearm.experiments.studies.reproductions.table import findings_list, spread
from spikearm.experiments.studies.reproductions.verdict import findings_verdict
from spikearm.experiments.tables import WIDTH


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (Finding("accuracy", "0.81", (0.6, 0.7), least=0.6), "reproduced"),
        (Finding("accuracy", "0.81", (0.6, 0.59), least=0.6), "differs"),
        (Finding("chance", here=(0.1,), most=0.15), "holds"),
        (Finding("chance", here=(0.2,), most=0.15), "differs"),
        (Finding("spikes", here=(0.2,)), "measured here"),
        (Finding("spikes", "0.2"), "not measured"),
        (Finding("digits of speech", "0.81", offline=False), "not reproducible offline"),
        (Finding("accuracy", "0.81", (float("nan"),), least=0.6), "differs"),
    ],
)
def test_a_verdict_compares_every_seed_with_the_bounds(finding, verdict):
    assert finding.verdict == verdict


ACCURATE = Finding(
    "accuracy", "0.81", (0.6, 0.8), "Kaiming", (0.1, 0.1), least=0.5, remark="Mind it."
)


def test_a_list_shows_every_seed_the_control_and_the_verdict():
    (text,) = findings_list([ACCURATE])
    assert str(text).splitlines() == [
        "1. accuracy: reproduced",
        "   published  0.81",
        "   here       0.7 (0.6 to 0.8, 2 seeds)",
        "   control    0.1 (0.1 to 0.1, 2 seeds), Kaiming",
        "   remark     Mind it.",
    ]
    assert spread(()) == "" and spread((2.0,)) == "2"


def test_no_line_of_the_list_is_too_long():
    wordy = Finding("accuracy " * 20, "published " * 20, remark="remark " * 40)
    lines = str(findings_list([wordy])[0]).splitlines()
    assert len(lines) > 8
    assert max(map(len, lines)) <= WIDTH


def test_the_verdict_on_a_work_counts_its_findings_and_names_those_that_differ():
    wrong = [replace(ACCURATE, quantity=f"accuracy {k}", least=0.7) for k in (1, 2, 3)]
    said = findings_verdict([ACCURATE, *wrong[:1]])
    assert said.startswith("Of 2 findings: 1 reproduced and 1 differs. Different here: accuracy 1.")
    assert "accuracy 1; accuracy 2; 1 more." in findings_verdict(wrong)
    assert "Different" not in findings_verdict([ACCURATE])
    assert findings_verdict([]) == "Nothing was measured."


def test_values_are_found_by_part_condition_and_quantity():
    measured = [
        Measurement("depth", "Kaiming", 0, {"accuracy": 0.1}),
        Measurement("depth", "fluctuations", 0, {"accuracy": 0.7, "rate": 9.0}),
        Measurement("depth", "fluctuations", 1, {"accuracy": 0.6}),
        Measurement("width", "fluctuations", 1, {"accuracy": 0.5}),
    ]
    assert values_of(measured, "depth", "fluctuations", "accuracy") == (0.7, 0.6)
    assert values_of(measured, "depth", "fluctuations", "rate") == (9.0,)
    assert values_of(measured, "width", "Kaiming", "accuracy") == ()
    assert conditions_of(measured, "depth") == ["Kaiming", "fluctuations"]
