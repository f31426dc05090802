"""The table of stages: what computes each."""

from typing import get_args

import pytest

from spikearm.experiments.controllers import (
    EMULATED,
    STAGES,
    Backend,
    ControllerName,
    Stage,
    find_stage,
)


@pytest.mark.parametrize("backend", get_args(Backend))
@pytest.mark.parametrize("name", [name for name in get_args(ControllerName) if name != "loihi"])
def test_only_loihi_has_a_choice_of_backends(name, backend):
    assert find_stage(name, backend) is STAGES[name]


def test_loihi_runs_on_what_was_asked_for():
    for backend in get_args(Backend):
        assert find_stage("loihi", backend).backend == backend
    assert find_stage("loihi", "engine") is STAGES["loihi"]
    assert find_stage("loihi", "nengo-loihi") is EMULATED


def test_every_controller_that_can_be_asked_for_is_in_the_table():
    assert set(STAGES) == set(get_args(ControllerName)) > set(get_args(Stage))


@pytest.mark.parametrize("name", get_args(ControllerName))
def test_every_controller_has_an_adaptive_one(name):
    entry, adaptive = STAGES[name], find_stage(f"{name}+adaptive", "engine")
    assert adaptive.adaptive
    assert not entry.adaptive
    assert adaptive.neural == entry.neural
    assert adaptive.backend == (entry.backend if entry.neural else f"{entry.backend}, engine")
    on_emulator = find_stage(f"{name}+adaptive", "nengo-loihi").backend
    assert ("nengo-loihi" in on_emulator) == (name not in ("rate", "spiking"))
