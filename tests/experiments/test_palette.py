"""Colours of controllers."""

from spikearm.experiments.controllers import CONTROLLERS, choose_controllers
from spikearm.experiments.palette import COLORS, OTHER_COLORS, controller_color


def test_every_controller_that_ships_has_a_colour_of_its_own():
    labels = [one.label for one in choose_controllers(list(CONTROLLERS), adaptive=True)]
    assert set(labels) == set(COLORS)
    assert len(set(COLORS.values()) | set(OTHER_COLORS)) == len(COLORS) + len(OTHER_COLORS)


def test_a_controller_that_a_user_adds_keeps_its_colour():
    assert controller_color("mine") == controller_color("mine")
    assert controller_color("mine") in OTHER_COLORS
    assert controller_color("loihi") == COLORS["loihi"]
