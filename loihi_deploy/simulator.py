"""A drop-in for ``nengo_loihi.Simulator(target="sim")`` that runs compiled."""

from collections.abc import Callable
from typing import Any

import nengo
import numpy as np
from nengo.exceptions import SimulationError, SimulatorClosed, ValidationError

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.backends.lossy_link import LossyLink
from spikearm.loihi_deploy.engine.compilation import announce_compilation
from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.exchange import Exchange, can_exchange
from spikearm.loihi_deploy.nengo_loihi_compat import SimulationData, StepRunner, nengo_loihi

TARGETS = ("sim", "simreal")


class CheckedData(SimulationData):
    """What was probed and built, unless a step failed: then probes give no stale data.

    Attributes:
        failure: What went wrong, or None.
    """

    failure: str | None = None

    def __getitem__(self, key: Any) -> Any:
        if self.failure and isinstance(key, nengo.Probe):
            raise SimulationError(self.failure)
        return super().__getitem__(key)


class Simulator(nengo_loihi.Simulator):
    """Simulates a network on Loihi's arithmetic, spike for spike as nengo-loihi's emulator.

    It takes nengo-loihi's own build (split of host and chip, discretisation, removal of
    passthrough nodes) and runs its blocks with :class:`spikearm.loihi_deploy.engine.engine.Engine`.

    Args:
        network: What to simulate.
        dt: Length of a step [s].
        seed: Seed of noise and stochastic rounding; the network's, plus one, if not given.
        model: A model to build the network into.
        precompute: Whether to run what only feeds the chip ahead of it; chosen if not given.
        target: ``sim``, the chip's integer arithmetic, or ``simreal``, the blocks before
            discretisation.
        progress_bar: Not supported; as in nengo-loihi, a warning.
        remove_passthrough: Whether to remove nodes that only pass values on.
        hardware_options: Ignored: no hardware is used.

    Raises:
        ValidationError: Another target is asked for.
        SpikearmError: The network holds something that the engine does not support.
    """

    def __init__(
        self,
        network: nengo.Network | None,
        dt: float = 0.001,
        seed: int | None = None,
        model: Any = None,
        precompute: bool | None = None,
        target: str | None = None,
        progress_bar: Any = None,
        remove_passthrough: bool = True,
        hardware_options: dict[str, Any] | None = None,
    ) -> None:
        self.closed = True
        target = target or TARGETS[0]
        if target not in TARGETS:
            raise ValidationError(
                f"'{target}' is not simulated here: give one of {', '.join(TARGETS)}, or use "
                "nengo_loihi.Simulator.",
                attr="target",
            )
        super().__init__(
            network,
            dt=dt,
            seed=seed,
            model=model,
            precompute=precompute,
            target=target,
            progress_bar=progress_bar,
            remove_passthrough=remove_passthrough,
            hardware_options=hardware_options,
        )
        try:
            self._refuse_sampled_probes()
            announce_compilation()
            self.sims["emulator"] = Engine(self.model, self.sims["emulator"].seed)
        except SpikearmError:
            self.close()
            raise
        fallbacks = self.data.fallbacks
        self.data = CheckedData(self._probe_outputs)
        self.data.fallbacks = fallbacks
        host = self.sims.get("host")
        if host is not None and not self.precompute and can_exchange(self.model, self.engine):
            self._runner = Exchange(self.model, host, self.engine, self.timers)
        else:
            self._runner = self._queueing_runner()

    @property
    def engine(self) -> Engine:
        """What runs the chip's part."""
        return self.sims["emulator"]

    @property
    def fired(self) -> np.ndarray:
        """Neurons that fired in the last step: compartments, block by block, then the host's.

        Raises:
            SpikearmError: Queues carry what crosses the border, and no longer hold it.
        """
        if not isinstance(self._runner, Exchange):
            raise SpikearmError("Spikes that cross the border in queues cannot be looked at.")
        return np.append(self.engine.fired, self.engine.chip.n_compartments + self._runner.sent)

    @property
    def arrived(self) -> list[np.ndarray]:
        """Neurons of each of the engine's spike inputs whose spikes came in the last step."""
        exchange = self._runner if isinstance(self._runner, Exchange) else self.engine
        return exchange.arrived

    def run_steps(self, steps: int) -> None:
        """Advance by a number of steps.

        Raises:
            SimulationError: A step failed, now or before: after that, nothing runs and no
                probe gives data until :meth:`reset`.
            SimulatorClosed: The simulator is closed.
        """
        self._run(super().run_steps, steps)

    def advance(self) -> None:
        """Advance by one step, as a closed loop does; if nothing is probed, in the least time.

        Raises:
            SimulationError, SimulatorClosed: As in :meth:`run_steps`.
        """
        if self.closed or self.engine.keeps or not isinstance(self._runner, Exchange):
            self.run_steps(1)
        else:
            self._run(self._runner.advance)
            self._n_steps += 1
            self._probe_step_time()

    def _run(self, run: Callable[..., None], *arguments: int) -> None:
        """Run some steps, unless a step has failed; remember if one does."""
        if self.data.failure and not self.closed:
            raise SimulationError(self.data.failure)
        try:
            run(*arguments)
        except SimulatorClosed:
            raise
        except BaseException as error:
            self.data.failure = (
                f"The simulator stopped in or after step {self.engine.t}, by {error!r}. What it "
                "holds is incomplete: reset() it, or make another."
            )
            raise

    def lose(self, link: LossyLink) -> None:
        """Lose some of the spikes that the host sent in the last step."""
        if isinstance(self._runner, Exchange):
            self._runner.keep_sent(link.draw)
        else:
            link.thin(self.engine.inputs, self.engine.t)

    def reset(self, seed: int | None = None) -> None:
        """Go back to the state just after construction.

        Args:
            seed: Another seed of noise, stochastic rounding and the host's processes.

        Raises:
            SimulatorClosed: The simulator is closed.
        """
        if self.closed:
            raise SimulatorClosed("Cannot reset closed Simulator.")
        for sim in self.sims.values():
            sim.reset(seed)
        self.clear_probes()
        self._n_steps = 0
        self._probe_step_time()
        if isinstance(self._runner, Exchange):
            self._runner.restart()
        else:
            self._runner = self._queueing_runner()
        self.data.failure = None

    def _queueing_runner(self) -> StepRunner:
        """Connect host and chip as nengo-loihi does, by queues, which a reset takes apart."""
        return StepRunner(self.model, self.sims, self.precompute, self.timers)

    def _refuse_sampled_probes(self) -> None:
        for probe in self.model.nengo_probes:
            if probe.sample_every is not None and probe not in self.model.chip2host_params:
                raise SpikearmError(
                    f"{probe} has sample_every={probe.sample_every}, which is not supported on "
                    "the chip. Leave it out, and take every n-th row of the data."
                )
