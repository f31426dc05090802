"""The conditions of a study: controllers, perturbations and seeds."""

from dataclasses import dataclass

from spikearm.experiments.controllers import ChosenController
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.perturbation import Perturbation


@dataclass(frozen=True)
class Condition:
    """Controller, perturbation and seed of a measurement.

    Attributes:
        controller: Controller that drives the arm.
        seed: Seed of the task, the networks and the perturbation.
        level: Perturbation and its strength.
    """

    controller: ChosenController
    seed: int
    level: Level = Level()


def applies(perturbation: Perturbation, controller: ChosenController) -> bool:
    """Return whether a controller has what is perturbed."""
    if perturbation.needs == "nothing":
        return True
    stages = ("loihi",) if perturbation.needs == "chip" else ("rate", "spiking", "loihi")
    return controller.stage in stages
