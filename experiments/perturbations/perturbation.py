"""The protocol of perturbations."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal

from spikearm.arm_models import RigidBodyModel
from spikearm.experiments.perturbations.loop_setup import LoopSetup

Needs = Literal["nothing", "neurons", "chip"]
Apply = Callable[[LoopSetup, float, int], LoopSetup]
"""Function of a closed loop, a strength [SI] and a seed that returns the perturbed loop."""


@dataclass(frozen=True)
class Perturbation:
    """Anything that a controller was not told of, or is disturbed by.

    Attributes:
        title: Name in tables and pictures.
        unit: Unit of strengths on the command line, in tables and in pictures.
        strengths: Strengths that a stress test goes through, the weakest first [SI].
        default: Strength that is learned when no other is asked for [SI].
        apply: Function that perturbs a closed loop, given a strength [SI] and a seed.
        factor: Factor from a strength's SI unit to ``unit``.
        allowed: Smallest and largest possible strength [SI].
        needs: Part of a controller that is perturbed, which must be there.
        drawn: True if it differs from seed to seed.
        gravity_known: False if controllers are not told of gravity. The plant has it in any case.
    """

    title: str
    unit: str
    strengths: tuple[float, ...]
    default: float
    apply: Apply
    factor: float = 1.0
    allowed: tuple[float, float] = (0.0, inf)
    needs: Needs = "nothing"
    drawn: bool = False
    gravity_known: bool = True

    def known_model(self, model: RigidBodyModel) -> RigidBodyModel:
        """Return the model of an arm that controllers are made from."""
        return model if self.gravity_known else model.without_gravity()
