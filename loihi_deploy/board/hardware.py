"""Runs a network on a Loihi board: stage ``loihi``, backend ``board``.

**No run on a board has happened in this project.** What is tested is nengo-loihi's hardware path
up to NxSDK: what it writes to a board's registers, and the snips it generates, compiled and run.
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
from spikearm.loihi_deploy.checks.preflight import REFUSALS, core_rows, reason
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Greedy,
    check_nxsdk,
    nengo_loihi,
    without_known_warnings,
)
from spikearm.loihi_deploy.pipeline import build, place, quantise
from spikearm.neural.counts import UNCOUNTED, Footprint, StepCounts
from spikearm.neural.simulation import NeuralSimulation, overwrite

FAILURES = (NengoException, RuntimeError, OSError, AssertionError)
"""What nengo-loihi and NxSDK raise where a board cannot be reached, or stops answering."""


class HardwareSimulation(NeuralSimulation):
    """The network on a board, built, loaded and run by nengo-loihi.

    Values cross the border in every step, by the snips that nengo-loihi generates: programs on
    the board that hand spikes over. Needs NxSDK. The chip computes what its emulator does, but for
    one thing: a snip takes a voltage that happens to be 128 times the refractory delay for a spike
    (nengo-loihi, issue 170).

    Args:
        network: What to run; it has a seed, and a node.
        board: Which board, and how many spikes its link is built for.
        allocator: What assigns cores.

    Attributes:
        steps_per_run: For how many steps the board is told to run at a time; starting it anew
            takes it a while.

    Raises:
        SpikearmError: NxSDK is missing, the network does not fit, or no board answers.
    """

    steps_per_run: ClassVar[int] = 1000

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
        """Go back to the state just after construction: the board is loaded again."""
        self.close()
        self._open()

    def read_learned(self) -> list[np.ndarray]:
        """Give no weights, where none learn.

        Raises:
            SpikearmError: Some do: nengo-loihi cannot read them back from a board.
        """
        if self._learns:
            raise SpikearmError(
                "What was learned on a board cannot be read back from it, so it ends with the "
                "first reach: use --backend engine, which learns the same."
            )
        return []

    def write_learned(self, learned: Sequence[np.ndarray]) -> None:
        """Put back what :meth:`read_learned` gave."""
        overwrite([], learned)

    def drop_host_spikes(self, share: float, seed: int) -> None:
        """Refuse.

        Raises:
            SpikearmError: nengo-loihi sends all, and a board tells of nothing that it loses.
        """
        raise SpikearmError(
            "Spikes on their way to a board cannot be lost on purpose. --backend engine computes "
            "the same spikes and can lose them."
        )

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step, as far as the host knows it.

        Of the chip's spikes it sees those alone that are decoded, and no synaptic events.
        """
        return StepCounts(
            spikes=UNCOUNTED,
            synaptic_events=UNCOUNTED,
            neuron_updates=self._updates,
            learning_updates=UNCOUNTED if self._learns else 0,
            host_spikes=self._arrived,
        )

    @property
    def footprint(self) -> Footprint:
        """What the network takes, cores as nengo-loihi's greedy allocator assigns them."""
        return chip_footprint(self._simulator.model)

    @property
    def nxsdk_board(self) -> Any:
        """NxSDK's own object of the board."""
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
                    self.network, target="loihi", precompute=False, hardware_options=self.options
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
        """Advance by a step; let the board begin a run before the first, and wait at its end."""
        if not self._left:
            self._board.run_steps(self.steps_per_run, blocking=False)
            self._left = self.steps_per_run
        self._exchange()
        self._left -= 1
        if not self._left:
            self._board.wait_for_completion()

    def _exchange(self) -> None:
        """Let host and chip compute a step, and hand over what crosses between them."""
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
    """Refuse to go on where no board can be reached, before any work is done.

    Raises:
        SpikearmError: NxSDK is missing or too old.
    """
    try:
        check_nxsdk()
    except ModuleNotFoundError as error:
        raise SpikearmError(
            "No Loihi board can be reached from here, because NxSDK, which Intel gives to members "
            "of its Neuromorphic Research Community, is not installed: --backend engine computes "
            "the same spikes without it."
        ) from error
    except ImportError as error:
        raise SpikearmError(
            f"No Loihi board can be reached from here: {error}. --backend engine computes the same "
            "spikes without one."
        ) from error


def hardware_options(
    network: nengo.Network, board: BoardConfig, allocator: Allocator
) -> dict[str, Any]:
    """Choose what nengo-loihi builds for a board.

    Raises:
        SpikearmError: The network does not fit it.
    """
    try:
        integers = quantise(build(network))
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
    """Free what nengo-loihi leaves: the socket of a run that never began, and the sources."""
    snips.host_snip.socket.close()
    snips.tmp_snip_dir.cleanup()


def _lost(what: str, error: Exception) -> SpikearmError:
    """Make the sentence of what went wrong between here and the board."""
    return SpikearmError(
        f"{what}: {reason(error).rstrip('.')}. --backend engine computes the same spikes without "
        "one."
    )
