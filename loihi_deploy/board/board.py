"""Backend ``board``: a network on a Loihi board, at stage ``loihi``.

**No run on a board has happened in this project.** Tested is nengo-loihi's hardware path up to
NxSDK: registers that it writes, and snips that it generates, compiled and run.
"""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any, ClassVar

import nengo
import numpy as np
from nengo.exceptions import NengoException

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.backends.footprint import chip_footprint
from spikearm.loihi_deploy.checks.board_config import BoardConfig, link_setting
from spikearm.loihi_deploy.checks.check import core_rows
from spikearm.loihi_deploy.checks.report import REFUSALS, reason
from spikearm.loihi_deploy.discretisation.blocks import build
from spikearm.loihi_deploy.discretisation.chip_model import ChipModel
from spikearm.loihi_deploy.discretisation.quantisation import quantise
from spikearm.loihi_deploy.discretisation.zeros import drop_zeros
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Greedy,
    check_nxsdk,
    nengo_loihi,
    without_known_warnings,
)
from spikearm.neural.counts import UNCOUNTED, ChipWork, Footprint, StepCounts
from spikearm.neural.learning import LearningSimulation, overwrite

FAILURES = (NengoException, RuntimeError, OSError, AssertionError)
"""Exceptions of nengo-loihi and NxSDK for a board that cannot be reached, or stops answering."""


class BoardSimulation(LearningSimulation):
    """Simulation of a network on a board, which nengo-loihi builds, loads and runs.

    Host and chip exchange values in every step through snips, programs on the board that
    nengo-loihi generates. Needs NxSDK. The chip computes as its emulator does, with one exception:
    a snip takes a voltage that happens to be 128 times the refractory delay for a spike
    (nengo-loihi, issue 170).

    Args:
        network: Network to run; it has a seed, and a node.
        board: Board to run on.
        allocator: Allocator that assigns cores.

    Attributes:
        steps_per_run: Number of steps that the board is asked to run at a time; each start takes
            it a while.
        model_type: Type of the model that nengo-loihi builds.

    Raises:
        SpikearmError: NxSDK is missing, the network does not fit, or no board answers.
    """

    steps_per_run: ClassVar[int] = 1000
    model_type: ClassVar[type[ChipModel]] = ChipModel

    def __init__(
        self,
        network: nengo.Network,
        board: BoardConfig = BoardConfig(),
        allocator: Allocator = Greedy(),
    ) -> None:
        super().__init__(network)
        require_board()
        if network.seed is None:
            raise SpikearmError("A network without a seed cannot be loaded again: give it a seed.")
        if not network.all_nodes:  # nengo-loihi would leave the snips out
            raise SpikearmError("Nothing goes into this network, or out: give it a node.")
        self.options = hardware_options(network, board, allocator)
        self._open()

    def step(self) -> None:
        """Advance by one control period.

        Raises:
            SpikearmError: The board does not answer.
        """
        try:
            with without_known_warnings():
                self._advance()
        except FAILURES as error:
            with suppress(*FAILURES):  # of a board that is lost anyway
                self.close()
            raise _lost("The board stopped answering", error) from error

    def restart(self) -> None:
        """Reset to the state just after construction: the board is loaded again."""
        self.close()
        self._open()

    def read_learned(self) -> list[np.ndarray]:
        """Return no weights, where none learn.

        Raises:
            SpikearmError: Some do: nengo-loihi cannot read them back from a board.
        """
        if self._learns:
            raise SpikearmError(
                "What was learned on a board cannot be read back from it, so it ends with the "
                "first reach: use backend engine, which learns the same."
            )
        return []

    def write_learned(self, learned: Sequence[np.ndarray]) -> None:
        """Write weights as :meth:`read_learned` returns them."""
        overwrite([], learned)

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step, as far as the host can count it.

        Of the chip's spikes it sees decoded ones alone, and no synaptic events.
        """
        return StepCounts(
            spikes=UNCOUNTED,
            synaptic_events=UNCOUNTED,
            neuron_updates=self._updates,
            learning_updates=UNCOUNTED if self._learns else 0,
            host_spikes=self._arrived,
        )

    def chip_work(self, n_steps: int) -> np.ndarray:
        """Return work that is not counted: the host does not see the chip's spikes."""
        return np.full((n_steps, len(ChipWork._fields)), UNCOUNTED, dtype=float)

    @property
    def footprint(self) -> Footprint:
        """Footprint of the network, on the cores that nengo-loihi's greedy allocator assigns."""
        return chip_footprint(self._simulator.model)

    @property
    def nxsdk_board(self) -> Any:
        """Object of the board in NxSDK."""
        return self._board.nxsdk_board

    def close(self) -> None:
        """Stop the board and free it."""
        self._stack.close()

    @property
    def _board(self) -> Any:
        return self._simulator.sims["loihi"]

    def _open(self) -> None:
        """Build, load and connect."""
        try:
            with ExitStack() as stack, without_known_warnings():
                self._simulator = nengo_loihi.Simulator(
                    self.network,
                    model=self.model_type(),
                    target="loihi",
                    precompute=False,
                    hardware_options=self.options,
                )
                stack.callback(_free, self._board.snips)
                stack.callback(self._simulator.close)
                stack.enter_context(self._simulator)  # connects
                self._stack = stack.pop_all()
        except FAILURES as error:
            raise _lost("The network cannot be brought to the board", error) from error
        model = self._simulator.model
        inputs = sum(one.n_neurons for one in model.inputs)
        self._updates = sum(block.n_neurons for block in model.blocks) + inputs
        self._learns = any(one.learning for block in model.blocks for one in block.synapses)
        self._left = self._sent = self._arrived = 0

    def _advance(self) -> None:
        """Advance by a step; start a run of the board before its first, and wait at its end."""
        if not self._left:
            self._board.run_steps(self.steps_per_run, blocking=False)
            self._left = self.steps_per_run
        self._exchange()
        self._left -= 1
        if not self._left:
            self._board.wait_for_completion()

    def _exchange(self) -> None:
        """Advance host and chip by a step, and exchange their values."""
        runner = self._simulator._runner
        runner.host.step()
        self._arrived, self._sent = self._sent, self._n_queued(runner)
        runner._host2chip(self._board)
        runner._chip2host(self._board)

    def _n_queued(self, runner: Any) -> int:
        """Count the host's neurons that spike in this step."""
        return sum(
            int((spikes != 0).sum())
            for sender in self._simulator.model.host2chip_senders
            for _, spikes in runner.queues[sender]
        )


def require_board() -> None:
    """Check that a board can be reached.

    Raises:
        SpikearmError: NxSDK is missing or too old.
    """
    try:
        check_nxsdk()
    except ModuleNotFoundError as error:
        raise SpikearmError(
            "No Loihi board can be reached from here, because NxSDK, which Intel gives to members "
            "of its Neuromorphic Research Community, is not installed: backend engine computes the "
            "same spikes without it."
        ) from error
    except ImportError as error:
        raise SpikearmError(
            f"No Loihi board can be reached from here: {error}. Backend engine computes the same "
            "spikes without one."
        ) from error


def hardware_options(
    network: nengo.Network, board: BoardConfig, allocator: Allocator
) -> dict[str, Any]:
    """Choose nengo-loihi's hardware options for a board.

    Raises:
        SpikearmError: The network does not fit the board, or nengo-loihi does not build it.
    """
    try:
        integers = drop_zeros(quantise(build(network)))
    except REFUSALS as error:
        raise SpikearmError(f"nengo-loihi does not build this network: {reason(error)}") from error
    placement = place(integers, allocator)
    for row in core_rows(placement, board.chips):
        if not row.ok:
            raise SpikearmError(
                f"The network does not fit the board: {row.used:,} {row.resource} where there are "
                f"{row.limit:,}. {row.remedy}"
            )
    return {
        "allocator": allocator,
        "n_chips": board.chips,
        "snip_max_spikes_per_step": link_setting(board, integers, placement),
    }


def _free(snips: Any) -> None:
    """Free resources that nengo-loihi leaves: the socket of a run that never began, and sources."""
    snips.host_snip.socket.close()
    snips.tmp_snip_dir.cleanup()


def _lost(event: str, error: Exception) -> SpikearmError:
    """Build the error of a failure between here and the board."""
    return SpikearmError(
        f"{event}: {reason(error).rstrip('.')}. Backend engine computes the same spikes without "
        "one."
    )
