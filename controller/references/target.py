"""The target that the loop asks for references."""

from abc import ABC, abstractmethod

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.references.reference import Reference


class Target(ABC):
    """The desired motion of the hand, asked for step by step.

    A motion that is known from its beginning, a marker that somebody drags, an object that a
    camera sees: the closed loop asks each alike.
    """

    @abstractmethod
    def at(self, time: float, state: ArmState) -> Reference:
        """Return the reference for a control step.

        The loop asks once per step, times rising by one control period.

        Args:
            time: Time since the motion began [s].
            state: Arm's state as it is sensed at that time.
        """

    def begin(self, times: np.ndarray) -> "Target":
        """Return the target of a motion that begins now.

        A target that is known ahead may evaluate all references here, in one block; one that keeps
        a state starts its clock again.

        Args:
            times: Times at which the loop will ask, shape (n_times,) [s].
        """
        return self


class KnownTarget(Target):
    """References that were evaluated ahead, one for each time of a motion.

    Args:
        times: Times since the motion began, shape (n_times,) [s].
        references: Reference at each.
    """

    def __init__(self, times: np.ndarray, references: list[Reference]) -> None:
        self._references = dict(zip(times.tolist(), references, strict=True))

    def at(self, time: float, state: ArmState) -> Reference:
        """Return the reference of one of the times.

        Raises:
            KeyError: The time is none of them.
        """
        return self._references[time]
