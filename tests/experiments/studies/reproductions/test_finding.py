"""Findings and their table."""

import pytest

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import (
    Measurement,
    conditions_of,
    values_of,
)
from spikearm.experiments.studies.reproductions.table import findings_table, remarks, spread


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


def test_a_table_shows_every_seed_the_control_and_the_verdict():
    findings = [
        Finding("accuracy", "0.81", (0.6, 0.8), "Kaiming", (0.1, 0.1), least=0.5, remark="Mind it.")
    ]
    table = findings_table(findings, "A work")
    cells = [next(iter(column.cells)) for column in table.columns]
    assert cells == [
        "accuracy", "0.81", "0.7\n0.6 to 0.8, 2 seeds", "0.1\n0.1 to 0.1, 2 seeds\nKaiming",
        "reproduced",
    ]  # fmt: skip
    assert remarks(findings) == ["accuracy: Mind it."]
    assert spread(()) == "" and spread((2.0,)) == "2"


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
