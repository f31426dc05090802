"""Measurement of an arm that a fault stops, by its true state."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.studies.safety.faults import Fault, FaultyController, FaultySensors
from spikearm.experiments.tasks.task import Task

AFTERWARDS = 1.0  # s, for which a stopped arm is watched
REST_SPEED = 0.01  # rad/s


@dataclass(frozen=True)
class Stop:
    """A motion that a fault ended.

    Attributes:
        top_speed_share: Largest speed of a joint from the fault on, of its velocity limit [1].
        stop_time: Time from the fault until no joint moves any more [s]; None if one does.
        crept: Largest turn of a joint after that, in one second [rad].
        sentence: Sentence or error that the motion ended with; empty if it went on.
        named: True if it tells the cause.
    """

    top_speed_share: float
    stop_time: float | None
    crept: float
    sentence: str
    named: bool


def measure_stop(
    arm: Arm,
    controller: Controller,
    task: Task,
    fault: Fault,
    limits: SafetyLimits = SafetyLimits(),
) -> Stop:
    """Measure the arm's true state in a reach in whose middle a fault begins.

    The joint that is then the fastest fails.

    Args:
        arm: Arm.
        controller: Controller that drives it.
        task: Start and target.
        fault: Fault.
        limits: Limits of the safety layer.
    """
    begins = task.duration / 2
    motion = MinimumJerk(task.start, task.targets[0], task.duration)
    controller.start(arm.reset(task.start_joints))
    follow(arm, controller, motion, begins, safety=Safety(arm, limits))
    joints = tuple(np.argsort(-np.abs(arm.state.dq))[:2].tolist())
    controller.start(arm.reset(task.start_joints))
    sentence = ""
    with _watched(arm) as states:
        try:
            follow(
                arm, FaultyController(controller, arm, fault, begins), motion,
                task.duration + task.hold, sensors=FaultySensors(fault, begins, joints),
                safety=Safety(arm, limits),
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001  whatever the controller raised
            sentence = str(error)
        for _ in range(round(AFTERWARDS / arm.timestep)):
            arm.advance()
    joint, other = (arm.chain.joints[one] for one in joints)
    named = fault.cause.format(joint=joint, other=other) in sentence
    return _summarise(arm, [s for s in states if s.time >= begins], begins, sentence, named)


def _summarise(arm: Arm, states: list[ArmState], begins: float, sentence: str, named: bool) -> Stop:
    speeds = np.abs([state.dq for state in states])
    moving = np.flatnonzero((speeds > REST_SPEED).any(axis=1))
    last = int(moving[-1]) + 1 if len(moving) else 0
    stopped = last < len(states)
    q = np.array([state.q for state in states[last:]])
    return Stop(
        float((speeds / arm.chain.velocity_limits).max()),
        states[last].time - begins if stopped else None,
        float(np.abs(q - q[0]).max()) if stopped else np.inf,
        sentence,
        named,
    )


@contextmanager
def _watched(arm: Arm) -> Iterator[list[ArmState]]:
    """Collect the states after all steps of an arm, those of braking too."""
    states: list[ArmState] = []
    advance = arm.advance

    def watch() -> None:
        advance()
        states.append(arm.state)

    with patch.object(arm, "advance", watch):
        yield states
