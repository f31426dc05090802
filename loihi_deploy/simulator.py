"""Drop-in for ``nengo_loihi.Simulator(target="sim")`` that runs in machine code."""

from collections.abc import Callable
from typing import Any

import nengo
import numpy as np
from nengo.exceptions import SimulationError, SimulatorClosed, ValidationError

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.single_entry import SingleEntry
from spikearm.loihi_deploy.discretisation.chip_model import ChipModel
from spikearm.loihi_deploy.engine.compilation import announce_compilation
from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.loihi_deploy.engine.exchange.host_processes import can_exchange
from spikearm.loihi_deploy.engine.exchange.lockstep import LockstepExchange
from spikearm.loihi_deploy.engine.exchange.precomputed import PrecomputedExchange
from spikearm.loihi_deploy.lossy_link import LossyLink
from spikearm.loihi_deploy.nengo_loihi_compat import SimulationData, StepRunner, nengo_loihi

TARGETS = ("sim", "simreal")


class CheckedData(SimulationData):
    """Data of a simulator, whose probes give none after a step has failed.

    Attributes:
        failure: Message of the failure, or None.
    """

    failure: str | None = None

    def __getitem__(self, key: Any) -> Any:
        if self.failure and isinstance(key, nengo.Probe):
            raise SimulationError(self.failure)
        return super().__getitem__(key)


class Simulator(nengo_loihi.Simulator):
    """Simulator of Loihi's arithmetic, spike for spike as nengo-loihi's emulator.

    It takes nengo-loihi's own build (split of host and chip, discretisation, removal of
    passthrough nodes) and runs its blocks with :class:`spikearm.loihi_deploy.engine.engine.Engine`.

    Args:
        network: Network to simulate.
        dt: Length of a step [s].
        seed: Seed of noise and stochastic rounding. Default: the network's, plus one.
        model: Model to build the network into. Default: a new
            :class:`~spikearm.loihi_deploy.discretisation.chip_model.ChipModel`.
        precompute: Run the part of the host that only feeds the chip ahead of it. Default:
            wherever this is possible.
        target: ``sim``, the chip's integer arithmetic, or ``simreal``, the blocks before
            discretisation.
        progress_bar: Not supported; a warning, as in nengo-loihi.
        remove_passthrough: Remove nodes that only pass values on.
        hardware_options: Ignored, as there is no hardware.

    Raises:
        ValidationError: The target is another one.
        SpikearmError: The engine does not support something in the network.
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
        if model is None:
            model = ChipModel(dt=float(dt), label=f"{network}, dt={dt}")
        self._entry = SingleEntry("This simulator")
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
        self._runner = self._exchange() or self._queueing_runner()
        kept = self.engine.keeps or not isinstance(self._runner, Exchange)
        self._unprobed = None if kept else self._runner

    @property
    def engine(self) -> Engine:
        """Engine that runs the chip's part."""
        return self.sims["emulator"]

    @property
    def fired(self) -> np.ndarray:
        """Neurons that fired in the last step: compartments, block by block, then the host's.

        Raises:
            SpikearmError: nengo-loihi's queues carry the host's spikes, and no longer hold them.
        """
        if not isinstance(self._runner, Exchange):
            raise SpikearmError("Spikes from the host cannot be read where they pass in queues.")
        return np.append(self.engine.fired, self.engine.chip.n_compartments + self._runner.sent)

    @property
    def arrived(self) -> tuple[np.ndarray, np.ndarray]:
        """Neurons whose spikes arrived in the last step, and where each input's begin; views."""
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
        """Advance by one step of a closed loop, in the least time if nothing is probed.

        Raises:
            SimulationError, SimulatorClosed: As in :meth:`run_steps`.
        """
        if self.closed or self._unprobed is None:
            self.run_steps(1)
        else:
            self._run(self._unprobed.advance)
            self._n_steps += 1
            self._probe_step_time()

    def _run(self, run: Callable[..., None], *arguments: int) -> None:
        """Run some steps, unless a step has failed before; keep the failure of one that does."""
        if self.data.failure and not self.closed:
            raise SimulationError(self.data.failure)
        with self._entry:
            try:
                run(*arguments)
            except SimulatorClosed:
                raise
            except BaseException as error:
                self.data.failure = (
                    f"The simulator stopped in or after step {self.engine.t}, by {error!r}. What "
                    "it holds is incomplete: reset() it, or make another."
                )
                raise

    def lose(self, link: LossyLink) -> None:
        """Remove lost spikes from those that the host sent in the last step."""
        if isinstance(self._runner, Exchange):
            self._runner.keep_sent(link.draw)
        else:
            link.thin(self.engine.inputs, self.engine.t)

    def reset(self, seed: int | None = None) -> None:
        """Reset to the state just after construction.

        Args:
            seed: New seed of noise, stochastic rounding and the host's processes.

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

    def _exchange(self) -> Exchange | None:
        """Connect host and chip by shared memory; None where that is not possible."""
        ahead, host = self.sims.get("host_pre"), self.sims.get("host")
        if not (ahead or host) or not can_exchange(self.model, self.engine, self.precompute):
            return None
        if self.precompute:
            return PrecomputedExchange(self.model, ahead, host, self.engine, self.timers)
        return LockstepExchange(self.model, host, self.engine, self.timers)

    def _queueing_runner(self) -> StepRunner:
        """Connect host and chip by nengo-loihi's queues, anew after each reset."""
        return StepRunner(self.model, self.sims, self.precompute, self.timers)

    def _refuse_sampled_probes(self) -> None:
        for probe in self.model.nengo_probes:
            if probe.sample_every is not None and probe not in self.model.chip2host_params:
                raise SpikearmError(
                    f"{probe} has sample_every={probe.sample_every}, which is not supported on "
                    "the chip. Leave it out, and take every n-th row of the data."
                )
