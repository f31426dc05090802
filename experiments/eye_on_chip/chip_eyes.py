"""Eyes in the network of a controller, on the controller's chip."""

from collections.abc import Callable, Mapping, Sequence

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.control_step import ControlStep
from spikearm.loihi_deploy.mapping.image_blocks import block_images
from spikearm.perception.eye.eye_network import EyeNetwork, add_eye, steps_of_frame
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader, Sight
from spikearm.perception.sight.eye_finder import find_candidates
from spikearm.perception.sight.finder import Candidates, Finder

EYES = ("left eye", "right eye")
NO_TORQUE = np.zeros(())


class ChipEyes(Finder):
    """Eyes of several cameras: a finder, and a sub-network of a controller that adds no torque.

    A frame that is shown enters the network in its next step. What the heat neurons fire from one
    frame to the next is read as one frame of theirs: that of the frame before, or of the one before
    that, if the eyes have more layers than a frame has steps, less two.

    Args:
        weights: Weights, the same for every camera.
        look: Function that returns the next frame, which is then called for every frame. Default:
            frames are shown from outside.
        names: Names of the cameras' eyes.

    Attributes:
        sights: Sight of each thing by each camera, by the latest frame of heat; empty before the
            first.
    """

    def __init__(
        self,
        weights: EyeWeights,
        look: Callable[[], np.ndarray] | None = None,
        names: Sequence[str] = EYES,
    ) -> None:
        self._weights, self._look, self._names = weights, look, tuple(names)
        self._steps_of_frame = steps_of_frame(weights.dynamics)
        self._readers = [HeatReader(weights) for _ in names]
        self._eyes: tuple[EyeNetwork, ...] = ()
        self.restart()

    @property
    def sensors(self) -> tuple[str, ...]:
        """Labels of the connections through which events enter."""
        return tuple(eye.entry for eye in self._eyes)

    def find(self, frames: np.ndarray) -> Sequence[Candidates]:
        """Show a frame of events to each eye; find things by the heat so far.

        Args:
            frames: Flags of events, shape (n_cameras, size, size, 2).
        """
        self.show(frames)
        return [find_candidates(one, self._weights) for one in self.sights]

    def show(self, frames: np.ndarray) -> None:
        """Show a frame of events to each eye, and read the heat since the frame before."""
        self._collect()
        self._shown = frames
        pairs = zip(self._readers, self._heat, strict=True)
        self.sights = [reader.read(counts) for reader, counts in pairs]
        for counts in self._heat:
            counts[:] = 0

    def restart(self) -> None:
        """Close the eyes, and forget what they saw."""
        self.sights: list[Mapping[str, Sight]] = []
        self._shown: np.ndarray | None = None
        self._step, self._is_new = 0, False
        self._heat = [np.zeros(eye.heat_shape, dtype=int) for eye in self._eyes]
        for reader in self._readers:
            reader.restart()
        for eye in self._eyes:
            eye.events.values[:] = 0.0

    def add_to(self, network: nengo.Network) -> None:
        """Add the eyes, split into blocks that fit cores."""
        self._eyes = tuple(add_eye(network, self._weights, name) for name in self._names)
        block_images(network, on_host=[eye.pixels for eye in self._eyes])
        self.restart()

    def hold(self, state: ArmState) -> None:
        """Close the eyes, and forget what they saw, while neurons settle."""
        self.restart()

    def write(self, step: ControlStep) -> None:
        """Open the eyes for a frame that was shown; close them without one."""
        self.enter()

    def enter(self) -> None:
        """Write the events of a frame that was shown, or none, for the next step."""
        if self._look is not None and self._step % self._steps_of_frame == 0:
            self.show(self._look())
        self._step += 1
        self._collect()
        shown = np.zeros(len(self._eyes)) if self._shown is None else self._shown
        for eye, events in zip(self._eyes, shown, strict=True):
            eye.events.values[:] = np.ravel(events)
        self._shown, self._is_new = None, True

    @property
    def torque(self) -> np.ndarray:
        """Torque of the eyes, which is none."""
        return NO_TORQUE

    def _collect(self) -> None:
        """Count the heat of the last step, once."""
        if self._is_new:
            for counts, eye in zip(self._heat, self._eyes, strict=True):
                counts += (eye.heat.values > 0).reshape(eye.heat_shape)
        self._is_new = False
