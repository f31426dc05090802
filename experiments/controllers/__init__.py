"""The controllers that can be measured, by name."""

from spikearm.experiments.controllers.chosen import (
    ChosenController,
    choose_controllers,
    controller_label,
)
from spikearm.experiments.controllers.own_controller import own_sources
from spikearm.experiments.controllers.registry import BASELINE, CONTROLLERS
from spikearm.experiments.controllers.spec import (
    PID_INTEGRAL_GAIN,
    Adaptation,
    Backend,
    ControllerSetup,
    ControllerSpec,
)

__all__ = [
    "BASELINE",
    "CONTROLLERS",
    "PID_INTEGRAL_GAIN",
    "Adaptation",
    "Backend",
    "ChosenController",
    "ControllerSetup",
    "ControllerSpec",
    "choose_controllers",
    "controller_label",
    "own_sources",
]
