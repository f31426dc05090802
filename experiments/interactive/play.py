"""An arm in a window whose target is dragged: the thin shell around a session."""

from itertools import zip_longest
from textwrap import wrap

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.arm_models.rendering.viewer import Text, Viewer
from spikearm.controller.controller import Controller
from spikearm.controller.kernels.loading import load_kernels
from spikearm.controller.loop.safety.brakes import ArmStoppedError
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.tracked_target import TrackedTarget, TrackingConfig
from spikearm.experiments.interactive.session import KEYS, Session
from spikearm.experiments.tasks.centre_out import forward_axis

# Slower than usual, so that a target that is thrown far does not ask too much of a wrist.
TRACKING = TrackingConfig(speed=0.15, acceleration=0.6, turn_speed=0.5, turn_acceleration=2.0)
WIDTH = 60  # characters of a line
DRAGGING = "double-click the green ball, then Ctrl + right drag"


class Play:
    """Arm that a person plays with.

    Args:
        arm: Arm in the window.
        controller: Controller that drives it.
        label: Name of the controller.
        limits: Limits that the arm is held to.
        viewer: Window on the arm.
    """

    def __init__(
        self, arm: Arm, controller: Controller, label: str, limits: SafetyLimits, viewer: Viewer
    ) -> None:
        self._arm, self._controller, self._label = arm, controller, label
        self._limits, self._viewer = limits, viewer
        self._left = np.cross([0.0, 0.0, 1.0], forward_axis(arm.model))
        self._loaded = 0.0  # kg
        self.session = Session()

    def run(self) -> None:
        """Play until the person stops it, in the window."""
        load_kernels()
        while not self._viewer.stopped:
            resets = self.session.resets
            try:
                self._drive(resets)
            except ArmStoppedError as error:
                self.session = self.session.halted(str(error))
                self._stand_still(self._arm.state, resets)

    def _drive(self, resets: int) -> None:
        """Drive the arm from its start until it is put back there, or stopped."""
        arm = self._arm
        state = arm.reset()
        self._load()
        arm.place_marker("target", state.hand)
        self._controller.start(state)
        dragged = TrackedTarget(lambda time, state: arm.marker_pose("target"), TRACKING)
        target = dragged.begin(np.zeros(1))
        with Safety(arm, self._limits) as safety:
            while not self._ends(resets):
                reference = target.at(state.time, state)
                if safety.admits(state, reference):
                    arm.act(safety.limit(state, self._controller.torque(state, reference)))
                arm.advance()
                state = arm.state
                self._show(state, reference, resets)

    def _show(self, state: ArmState, reference: Reference, resets: int) -> None:
        """Show a step, and do what keys ask for."""
        self._arm.place_marker("reference", reference.pose)
        self._viewer.show(self._text(state))
        self._take_keys(state.time)
        self._stand_still(state, resets)

    def _stand_still(self, state: ArmState, resets: int) -> None:
        while self.session.waits and not self._ends(resets):
            self._viewer.wait(self._text(state))
            self._take_keys(state.time)

    def _take_keys(self, time: float) -> None:
        before, self.session = self.session, self.session.at(time)
        for key in self._viewer.take_keys():
            self.session = self.session.pressed(key, time)
        if self.session.resets != before.resets:
            return
        self._load()
        if self.session.push != before.push:
            self._arm.apply_force(np.append(self.session.push * self._left, np.zeros(3)))

    def _load(self) -> None:
        """Put the load into the hand that the session says; the model is changed for it."""
        if self.session.payload != self._loaded:
            self._loaded = self.session.payload
            self._arm.attach_payload(self._loaded)

    def _ends(self, resets: int) -> bool:
        return self._viewer.stopped or self.session.resets != resets

    def _text(self, state: ArmState) -> Text:
        session = self.session
        distance = np.linalg.norm(self._arm.marker_pose("target").position - state.hand.position)
        lines = [
            ("controller", self._label),
            ("time", f"{state.time:.1f} s{', paused' if session.paused else ''}"),
            ("to the target", f"{1e3 * distance:.1f} mm"),
            ("load", f"{session.payload:g} kg"),
            ("target", DRAGGING),
            *((key, binding.words) for key, binding in KEYS.items()),
            ("Enter", "stop"),
        ]
        causes = wrap(f"{session.cause} Go back to the start." if session.cause else "", WIDTH)
        return lines + list(zip_longest(["stopped"] if causes else [], causes, fillvalue=""))


def play(arm: Arm, controller: Controller, label: str, limits: SafetyLimits) -> None:
    """Open a window and let a person play with an arm until the window is closed.

    Raises:
        SpikearmError: There is no display.
    """
    with Viewer(arm) as viewer:
        Play(arm, controller, label, limits, viewer).run()
