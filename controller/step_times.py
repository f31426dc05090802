"""Where the wall time of a control step goes."""

from time import perf_counter
from typing import NamedTuple

from arm_models import Arm, ArmState
from controller.controller import Controller
from controller.reference import Reference


class StepTimes(NamedTuple):
    """Wall time of each part of one control step, from state read to torque written.

    Attributes:
        sense: Reading the arm's state [s].
        encode: From the state to the network: command, sine and cosine, scaling [s].
        network: The network's step; of a controller without neurons, its whole law [s].
        decode: From the network's outputs to joint torques [s].
        act: Cutting the torque at its limits and handing it to the joints [s].
    """

    sense: float
    encode: float
    network: float
    decode: float
    act: float


def timed_sense(arm: Arm) -> tuple[ArmState, float]:
    """Read the arm's state, and give the wall time that it took [s]."""
    began = perf_counter()
    state = arm.state
    return state, perf_counter() - began


def timed_control(
    arm: Arm, controller: Controller, state: ArmState, reference: Reference, sense: float
) -> StepTimes:
    """Compute a torque and hand it to the arm.

    Args:
        arm: The plant.
        controller: What drives it.
        state: What is sensed.
        reference: Where the hand should be.
        sense: Wall time that reading the state took [s].

    Returns:
        The wall time of the whole control step, by its parts.
    """
    began = perf_counter()
    torque = controller.torque(state, reference)
    decided = perf_counter()
    arm.act(torque)
    acted = perf_counter()
    entered, left = controller.crossings or (began, decided)
    return StepTimes(sense, entered - began, left - entered, decided - left, acted - decided)
