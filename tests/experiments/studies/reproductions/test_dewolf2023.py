"""The reproduction of DeWolf et al. 2023."""

import pytest

from spikearm.experiments.studies.reproductions import dewolf2023
from spikearm.experiments.studies.reproductions.dewolf2023 import DeWolf2023
from spikearm.experiments.studies.reproductions.measurement import Measurement
from spikearm.experiments.tasks.centre_out import CentreOut


def measured(quick: bool) -> list[Measurement]:
    return [
        Measurement(part.name, condition, seed, part.measure(condition, seed))
        for part in DeWolf2023().parts(quick)
        for condition, seed in part.pieces
    ]


def test_every_finding_has_its_measurement_and_its_control():
    values: dict[str, float] = dict.fromkeys(
        ("excess_deviation", "fidelity_rmse_m", "position_rmse_m", "success_rate",
         "analytic_rmse_m", "dense_ratio", "spikes_ratio", "law_ratio", "dense_ratio_least",
         "spikes_ratio_least", "law_ratio_least"), 0.01,
    )  # fmt: skip
    made_up = [
        Measurement(part.name, condition, seed, values)
        for part in DeWolf2023().parts(False)
        for condition, seed in part.pieces
    ]
    findings = DeWolf2023().findings(made_up)
    assert [one.verdict for one in findings] == [
        "reproduced", *["measured here"] * 4, "differs", *["measured here"] * 2,
        "not reproducible offline",
    ]  # fmt: skip
    assert findings[0].here == (1.0,)  # per cent
    assert findings[1].here == (1.0,) * 3  # seeds
    assert findings[2].here == (10.0,)  # mm
    assert len(DeWolf2023().figure(made_up).data) == len(dewolf2023.CONTROLLERS)


def test_one_reach_follows_the_analytic_law_within_a_millimetre():
    values = dewolf2023.reach("loihi", 0, "acceleration", CentreOut(targets=1))
    assert values["analytic_rmse_m"] < values["position_rmse_m"] < 1e-3
    assert values["success_rate"] == 1.0


@pytest.mark.slow
def test_the_quick_reproduction_agrees_with_what_was_published():
    verdicts = {one.quantity: one.verdict for one in DeWolf2023().findings(measured(quick=True))}
    assert list(verdicts.values()).count("reproduced") == 2
    assert "differs" not in verdicts.values()
