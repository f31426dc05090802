"""Live recording: Rerun's viewer shows an arm while it moves.

::

    with live_recording(arm) as live:
        follow(arm, controller, target, duration, live.step)
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from spikearm.arm_models import Arm, ArmState, SpikearmError
from spikearm.arm_models.rendering.display import has_display
from spikearm.controller.references.reference import Reference
from spikearm.experiments.recording.rerun_scene import CURVES, PATHS, RerunScene, frame_steps
from spikearm.experiments.tasks.episode import Reach

PORT = 9876  # of Rerun's viewer


class LiveRecording:
    """Recording that grows while an arm moves, as an observer of the closed loop.

    Args:
        scene: Recording, which is sent to a viewer, or saved.
        arm: Arm that moves.
    """

    def __init__(self, scene: RerunScene, arm: Arm) -> None:
        self._scene, self._period = scene, arm.timestep
        self._every = frame_steps(arm.timestep)
        self._n_steps = 0
        self._last = np.inf  # time of the last step, which begins anew with an episode [s]
        self._n_episodes = 0
        self._rows: dict[str, list[np.ndarray]] = {name: [] for name in CURVES}
        self._paths: dict[str, list[np.ndarray]] = {name: [] for name in PATHS}
        scene.name_curves(arm.chain.joints)

    @property
    def seconds(self) -> float:
        """Time since the first motion began [s]."""
        return self._n_steps * self._period

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Record a step, and show it if it is time for another picture."""
        if state.time <= self._last:
            self._n_episodes += 1
            self._paths = {name: [] for name in PATHS}
        self._last = state.time
        self._n_steps += 1
        for name, row in zip(CURVES, (state.q, state.dq, arm.applied_torque), strict=True):
            self._rows[name].append(np.array(row))
        if self._n_steps % self._every == 0:
            self._show(arm, state, reference)

    def add_spikes(self, motions: Sequence[Reach]) -> None:
        """Show the spikes of motions, the last of which has just ended.

        Args:
            motions: Motions that followed one another, with spikes or without.
        """
        n_steps = [len(motion.trajectory.time) for motion in motions]
        begins = self._n_steps - np.cumsum(n_steps[::-1])[::-1]
        for motion, begin in zip(motions, begins.tolist(), strict=True):
            if motion.spike_trains is not None:
                first = (begin + 1) * self._period
                self._scene.show_spikes(first, motion.spike_trains, motion.trajectory.time)

    def finish(self) -> None:
        """Send the steps that have not been shown yet."""
        self._send_curves()

    def _show(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        self._send_curves()
        self._scene.show_arm(self.seconds, arm, reference.pose.position)
        places = {"hand": state.hand.position, "reference": reference.pose.position}
        for name, path in self._paths.items():
            path.append(np.array(places[name]))
            self._scene.grow_path(name, self._n_episodes, np.array(path), self.seconds)

    def _send_curves(self) -> None:
        n_rows = len(self._rows[CURVES[0]])
        seconds = self._period * np.arange(self._n_steps - n_rows + 1, self._n_steps + 1)
        for name, rows in self._rows.items():
            if rows:
                self._scene.add_curves(name, seconds, np.array(rows))
                rows.clear()


@contextmanager
def live_recording(arm: Arm) -> Iterator[LiveRecording]:
    """Open Rerun's viewer, unless one is open, and record for it.

    Args:
        arm: Arm that moves.

    Raises:
        SpikearmError: Rerun is not installed, or there is no viewer and no display for one.
    """
    scene = RerunScene(f"spikearm, {arm.name}")
    send_to_viewer(scene)
    live = LiveRecording(scene, arm)
    try:
        yield live
    finally:
        live.finish()
        scene.close()


def send_to_viewer(scene: RerunScene) -> None:
    """Send a recording to the viewer that listens on this machine, or start one.

    Raises:
        SpikearmError: None listens, and there is no display for one.
    """
    if _listens():
        scene.recording.connect_grpc()
        return
    if not has_display():
        raise SpikearmError(
            f"There is no display for Rerun's viewer, and none listens at port {PORT}. Start "
            f"`rerun` on a desktop and forward the port (ssh -R {PORT}:localhost:{PORT}), or "
            "record the run when it is finished."
        )
    scene.open_viewer(PORT)


def _listens() -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", PORT)) == 0
