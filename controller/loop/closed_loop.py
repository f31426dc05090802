"""The closed loop: sense, control, act, once per step."""

from collections.abc import Callable

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.controller.kernels.loading import load_kernels
from spikearm.controller.loop.pace import FreePace, Pace
from spikearm.controller.loop.recorder import Recorder
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.loop.step_times import StepClock
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.target import Target
from spikearm.neural.counts import StepCounts

Observer = Callable[[Arm, ArmState, Reference], None]
Sensors = Callable[[ArmState], ArmState]
Stop = Callable[[], bool]


def exact(state: ArmState) -> ArmState:
    """Sense a state as it is."""
    return state


def never() -> bool:
    """Return False: the motion goes on."""
    return False


def follow(
    arm: Arm,
    controller: Controller,
    target: Target,
    duration: float,
    observe: Observer | None = None,
    pace: Callable[[float], Pace] = FreePace,
    sensors: Sensors = exact,
    safety: Safety | None = None,
    stop: Stop = never,
) -> Trajectory:
    """Drive the arm along the references of a target, from its present state.

    Args:
        arm: Plant.
        controller: Controller that drives it.
        target: Target that is asked for the reference of every step, its time starting now.
        duration: Simulated time [s].
        observe: Function called after every step, for a viewer, a video or a progress bar.
        pace: Function that makes the pace of steps, given the control period [s].
        sensors: Function from the arm's true state, which is recorded, to the sensed one.
        safety: Safety layer of the arm; a new one with the usual limits when left out.
        stop: Function that is asked before every step whether the arm is to be stopped.

    Returns:
        The motion, one row per step.

    Raises:
        ArmStoppedError: Sensors failed, a limit was exceeded, or ``stop`` asked for it.
    """
    load_kernels()
    times = arm.timestep * np.arange(round(duration / arm.timestep) + 1)
    target = target.begin(times)
    neural = unwrap(controller, NeuralController)
    recorder = Recorder(times[1:], arm.chain.n_joints)
    clock, beats = StepClock(), pace(arm.timestep)
    clock.sensing()
    sensed = sensors(arm.state)
    reference = target.at(0.0, sensed)
    clock.sensed()
    with safety or Safety(arm) as safety:
        for step, time in enumerate(times[1:].tolist()):
            beat = beats.wait()
            if stop():
                safety.stop("The motion was stopped from outside")
            if admitted := safety.admits(sensed, reference):
                clock.begin()
                torque = controller.torque(sensed, reference)
                clock.decided()
                arm.act(safety.limit(sensed, torque))
                clock.acted(neural.crossings if neural else None)
            else:
                clock.held()
            arm.advance()
            clock.sensing()
            state = arm.state
            sensed = sensors(state)
            reference = target.at(time, sensed)
            clock.sensed()
            counts = _count(neural) if admitted else None
            recorder.write(step, beat, state, reference, arm.applied_torque, counts)
            if observe is not None:
                observe(arm, state, reference)
    work = neural.simulation.chip_work(recorder.n_computed) if neural else None
    return recorder.finish(clock.times, work)


def _count(neural: NeuralController | None) -> StepCounts:
    """Return the neural work of the last step; none for a controller without neurons."""
    return neural.simulation.counts if neural else StepCounts()
