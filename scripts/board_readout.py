"""Measurement of the torque that wrongly read spikes would add on a board.

nengo-loihi's snip takes a neuron for spiking when its voltage is 128 times its refractory delay,
which a voltage can also be by chance (docs/deployment.md). Here the engine drives an arm through
the reach of `spikearm deploy`, those voltages are counted, and the torque that they would add is
worked out: their decoders, through the torque's filter. The arm does not feel it.

.venv/bin/python scripts/board_readout.py gen3 panda
"""

from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.export.host_interface import OutputDecoding, read_outputs
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.loihi_deploy.backends.recording import RecordedSimulation

REST = 128  # voltage per step of a rest that begins; nengo-loihi 1.1, hardware/interface.py
DURATION = 1.0  # s


class Readout(NamedTuple):
    """Decoded neurons in each step: those that spiked, and those that a board takes for spiking.

    Shape (n_steps, n_compartments).
    """

    spiked: np.ndarray
    alike: np.ndarray


class WatchedSimulation(RecordedSimulation):
    """Simulation on the engine that records voltages taken for spikes."""

    def __init__(self, network) -> None:  # noqa: ANN001  as its parent
        super().__init__(network)
        self.decoding = read_outputs(self.model, network)
        delays = [block.compartment.refract_delay for block in self.model.blocks]
        self._rest = REST * np.concatenate(delays)
        self._decoded = self.decoding.decoder.any(axis=0)
        self._seen: list[Readout] = []

    def step(self) -> None:
        """Advance by one control period."""
        super().step()
        spiked = self._chip.spiked[self._soma].astype(bool)
        alike = (self._chip.state["voltage"][self._soma] == self._rest) & ~spiked
        self._seen.append(Readout(spiked & self._decoded, alike & self._decoded))

    @property
    def readout(self) -> Readout:
        """Record so far."""
        return Readout(*map(np.array, zip(*self._seen, strict=True)))


def watch(name: str) -> tuple[Readout, OutputDecoding, np.ndarray]:
    """Make a reach; return the record, the decoding, and the arm's torques [N m]."""
    arm, weights = load_arm(name), shipped(name).weights
    task = plan_task(arm.model, CentreOut(), seed=0)
    with SpikingController(weights, WatchedSimulation, "loihi") as controller:
        controller.start(arm.reset(task.start_joints))
        motion = MinimumJerk(task.start, task.targets[0], DURATION)
        safety = Safety(arm, SafetyLimits(limit_speeds=False))  # the reach lasts 1 s on all arms
        log = follow(arm, controller, motion, DURATION, safety=safety)
        simulation = controller.simulation
        assert isinstance(simulation, WatchedSimulation)
        decoding = simulation.decoding
        scaled = replace(decoding, decoder=weights.scaling.torque[:, None] * decoding.decoder)
        return simulation.readout, scaled, log.torque


def added_torque(alike: np.ndarray, decoding: OutputDecoding, dt: float) -> np.ndarray:
    """Decode and filter wrongly read spikes, shape (n_steps, n_joints) [N m]."""
    kept = np.exp(-dt / decoding.tau)
    filtered, added = np.zeros(len(decoding.decoder)), []
    for one in alike:
        filtered = kept * filtered + (1 - kept) * decoding.decoder[:, one].sum(axis=1)
        added.append(filtered)
    return np.array(added)


def main(arms: Annotated[list[str], tyro.conf.Positional]) -> None:
    """Measure and print."""
    table = Table("arm", "steps", "spikes read", "looked like one", "added torque, % of rms")
    for name in arms:
        readout, decoding, torque = watch(name)
        added = added_torque(readout.alike, decoding, load_arm(name).timestep)
        share = np.sqrt((added**2).mean() / (torque**2).mean())
        table.add_row(
            name, str(len(readout.spiked)), str(int(readout.spiked.sum())),
            str(int(readout.alike.sum())), f"{100 * share:.2f}",
        )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    tyro.cli(main, description=__doc__)
