"""Perturbations at a strength: what the command line calls them, and what it refuses."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.perturbations.level import Level, all_levels, default_level
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.perturbations.strength import shown_strength


def test_a_name_alone_goes_through_all_strengths_and_a_number_names_one():
    assert all_levels(["friction", "payload=0.7", "delay=12", "friction=5"]) == [
        *(Level("friction", share) for share in (0.01, 0.02, 0.05, 0.1, 0.2)),
        Level("payload", 0.7),
        Level("delay", 0.012),
    ]


def test_what_is_learned_has_one_strength():
    assert default_level("payload") == Level("payload", 2.0)
    assert default_level("noise=0.4") == Level("noise", 0.4 / 1e3)
    assert default_level("none") == Level()


def test_a_level_is_called_by_its_title_strength_and_unit():
    words = (
        "none", "payload=0.5", "payload-off-centre", "friction=7.5", "force-field=-1.5", "gravity",
        "noise=0.03", "rate=250",
    )  # fmt: skip
    assert [default_level(word).label for word in words] == [
        "none", "payload 0.5 kg", "payload off centre 2 kg", "friction 7.5 %", "force field -1.5 x",
        "unknown gravity 1 g", "noise of the encoders 0.03 mrad", "control rate 250 Hz",
    ]  # fmt: skip


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_every_strength_is_possible_and_can_be_typed_as_it_is_shown(name):
    one = PERTURBATIONS[name]
    for strength in (*one.strengths, one.default):
        np.testing.assert_allclose(
            default_level(f"{name}={shown_strength(one, strength)}").strength, strength, rtol=1e-12
        )


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("wind", "no perturbation 'wind'. Perturbations: none, payload, "),
        ("payload=-1", "payload=-1 is not possible: give 0 kg or more"),
        ("payload=nan", "payload=nan is not possible"),
        ("friction=-1", "friction=-1 is not possible: give 0 to 99 %"),
        ("friction=100", "friction=100 is not possible: give 0 to 99 %"),
        ("force-field=inf", "force-field=inf is not possible: give a finite number"),
        ("rate=0", "rate=0 is not possible: give 1 to 1000 Hz"),
        ("gravity=0.5", "gravity=0.5 is not possible: give 1 g"),
        ("silenced=120", "silenced=120 is not possible: give 0 to 100 %"),
        ("payload=heavy", "'payload=heavy' names no strength: give a number, such as payload=2"),
        ("payload=", "'payload=' names no strength"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(word, reason):
    for read in (default_level, lambda word: all_levels([word])):
        with pytest.raises(SpikearmError) as refused:
            read(word)
        assert reason in str(refused.value)
