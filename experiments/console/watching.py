"""Watching an arm while it moves: progress bars, and windows that show one controller."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.references.reference import Reference
from spikearm.experiments.console.progress import ProgressWatcher
from spikearm.experiments.studies.benchmark.episode_outcome import EpisodeOutcome
from spikearm.experiments.studies.benchmark.study import batch_title
from spikearm.experiments.studies.study import Batch
from spikearm.experiments.tasks.episode import Reach

if TYPE_CHECKING:
    from spikearm.arm_models.rendering.viewer import Viewer

WindowKind = Literal["view", "rerun"]
"""MuJoCo's window, which moves at real time, or Rerun's."""


class Window(Protocol):
    """Window that shows an arm while it moves."""

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Show a step."""
        ...

    def add_spikes(self, motions: Sequence[Reach]) -> None:
        """Show the spikes of motions that have just ended."""
        ...


class ShowingWatcher(ProgressWatcher):
    """Progress bars, and windows that show the arm under one controller and seed.

    Args:
        shown: Title of the batch that is shown.
        windows: Windows that show it.
    """

    def __init__(self, shown: str, windows: Sequence[Window]) -> None:
        super().__init__()
        self._shown = shown
        self._windows = windows
        self._showing = False

    def measuring(self, batch: Batch[Any]) -> None:
        """Start showing when it is the turn of the batch that is shown."""
        super().measuring(batch)
        self._showing = batch.title == self._shown

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Show one step."""
        super().step(arm, state, reference)
        if self._showing:
            for window in self._windows:
                window.step(arm, state, reference)

    def finished(self, outcome: EpisodeOutcome) -> None:
        """Show the spikes of an episode."""
        if batch_title(outcome.controller, outcome.seed) == self._shown:
            for window in self._windows:
                window.add_spikes(outcome.motions)


class ViewerWindow:
    """MuJoCo's window on the arm, with the controller, the time and the deviation as text.

    Args:
        viewer: The window.
        title: Controller and seed.
    """

    def __init__(self, viewer: "Viewer", title: str) -> None:
        self._viewer, self._title = viewer, title

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Show one step; Enter in the window, or closing it, ends the run as Ctrl-C does."""
        arm.place_marker("reference", reference.pose)
        distance = float(np.linalg.norm(state.hand.position - reference.pose.position))
        self._viewer.show(
            [
                ("controller", self._title),
                ("time", f"{state.time:.2f} s"),
                ("from the ideal position", f"{1e3 * distance:.2f} mm"),
                ("Enter", "stop"),
            ]
        )
        if self._viewer.stopped:
            raise KeyboardInterrupt

    def add_spikes(self, motions: Sequence[Reach]) -> None:
        """Do nothing: the window has no raster."""


@contextmanager
def open_window(kind: WindowKind, arm: Arm, title: str) -> Iterator[Window]:
    """Open a window.

    Args:
        kind: Kind of window.
        arm: Arm that it shows.
        title: Controller and seed.

    Raises:
        SpikearmError: There is no display, or Rerun is not installed.
    """
    if kind == "view":
        from spikearm.arm_models.rendering.viewer import Viewer

        with Viewer(arm) as viewer:
            yield ViewerWindow(viewer, title)
    else:
        from spikearm.experiments.recording.live import live_recording

        with live_recording(arm) as live:
            yield live
