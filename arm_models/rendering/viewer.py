"""Window that shows an arm at real time."""

import copy
import time
from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

import glfw
import mujoco
import mujoco.viewer

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.rendering.camera import look_at
from spikearm.arm_models.rendering.display import has_display

FRAME_TIME = 1 / 60  # s
STOP_KEY = glfw.KEY_ENTER  # which MuJoCo's window leaves alone
LAST_CHARACTER = 128  # GLFW's codes of keys with a character are those of ASCII
CLOSING_TIME = 0.2  # s; MuJoCo's window thread crashes the interpreter when it is cut short

Text: TypeAlias = Sequence[tuple[str, str]]


class Viewer:
    """MuJoCo's passive viewer on an arm; use it in a ``with`` statement.

    Args:
        arm: Arm in the window.

    Raises:
        SpikearmError: There is no display.
    """

    def __init__(self, arm: Arm) -> None:
        if not has_display():
            raise SpikearmError(
                "There is no display for a window. Run it on a desktop, or film the arm in a video "
                "file instead."
            )
        self._arm = arm
        self._stop_pressed = False
        self._keys: deque[str] = deque()
        self._open(look_at(arm))
        self._next_frame = 0.0
        self._offset: float | None = None

    def __enter__(self) -> "Viewer":
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    @property
    def closed(self) -> bool:
        """True once the window has been closed by its user."""
        return not self._handle.is_running()

    @property
    def stopped(self) -> bool:
        """True once its user has asked for a stop: by Enter, or by closing the window."""
        return self._stop_pressed or self.closed

    def take_keys(self) -> list[str]:
        """Return the characters of the keys that were pressed since the last call."""
        return [self._keys.popleft() for _ in range(len(self._keys))]

    def show(self, text: Text = ()) -> None:
        """Show the arm as it is now, waiting if the simulation runs ahead of the clock.

        Args:
            text: Lines in the upper left corner, each a name and a value.
        """
        if self._arm.scene[0] is not self._model and not self.closed:
            self._reopen()
        simulated = self._arm.state.time
        now = time.monotonic()
        if self._offset is None or simulated < self._next_frame - FRAME_TIME:
            self._offset, self._next_frame = now - simulated, simulated  # the arm was reset
        if simulated < self._next_frame:
            return
        time.sleep(max(0.0, self._offset + simulated - now))
        self._draw(text)
        self._next_frame = simulated + FRAME_TIME

    def wait(self, text: Text = ()) -> None:
        """Show the arm for a frame's time while its simulation stands still."""
        self._draw(text)
        time.sleep(FRAME_TIME)
        self._offset = None  # this time is not caught up with

    def _draw(self, text: Text) -> None:
        if text:
            names, values = ("\n".join(column) for column in zip(*text, strict=True))
            self._handle.set_texts((None, mujoco.mjtGridPos.mjGRID_TOPLEFT, names, values))
        self._handle.sync()

    def _open(self, view: mujoco.MjvCamera) -> None:
        self._model, data = self._arm.scene
        self._handle = mujoco.viewer.launch_passive(
            self._model, data, key_callback=self._press, show_left_ui=False, show_right_ui=False
        )
        with self._handle.lock():
            self._handle.cam.lookat[:] = view.lookat
            self._handle.cam.distance = view.distance
            self._handle.cam.azimuth = view.azimuth
            self._handle.cam.elevation = view.elevation

    def _press(self, key: int) -> None:
        """Take a key; the window's thread calls it."""
        if key == STOP_KEY:
            self._stop_pressed = True
        elif 0 <= key < LAST_CHARACTER:
            self._keys.append(chr(key))

    def _close(self) -> None:
        self._handle.close()
        time.sleep(CLOSING_TIME)

    def _reopen(self) -> None:
        """Show the model that a payload or friction has put in place of the old one."""
        with self._handle.lock():
            view = copy.copy(self._handle.cam)
        self._close()
        self._open(view)
        self._offset = None  # what this took is not caught up with
