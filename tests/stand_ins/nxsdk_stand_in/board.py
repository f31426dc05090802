"""A board for nengo-loihi's hardware path, made of what it calls of NxSDK.

It holds the registers that nengo-loihi writes, computes with them, and compiles and runs the
snips that nengo-loihi generates, which talk to nengo-loihi by a socket as on a board.
"""

import ctypes
import enum
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import numpy as np

from nxsdk_stand_in.core import Address, Core, RunningCore
from nxsdk_stand_in.snips import RunState, compile_snips

CHIP_IDS, CORE_IDS = (
    (7, 10),
    (5, 3),
)  # the first, and from each to the next: no index is an identity


class Phase(enum.Enum):
    """When a snip runs."""

    EMBEDDED_MGMT = 1
    EMBEDDED_PRELEARN_MGMT = 2
    HOST_CONCURRENT_EXECUTION = 3


class Chip:
    """A chip with its cores."""

    def __init__(self, board: "Board", number: int, n_cores: int) -> None:
        self.parent, self.id = board, number
        self.n2Cores = [Core(self, CORE_IDS[0] + i * CORE_IDS[1]) for i in range(n_cores)]
        self.n2CoresAsList = self.n2Cores


class Channel:
    """A queue of packets between two snips."""

    def __init__(self, name: bytes, **options: int) -> None:
        self.name, self.options, self.ends = name.decode(), options, ()

    def connect(self, *ends: Any) -> None:
        """Say which snips it is between."""
        self.ends = ends


class Board:
    """The board, as ``N2Board`` of NxSDK looks to nengo-loihi.

    Attributes:
        snips: Options of each snip that was created.
        channels: Each channel that was.
        cores: What computes, by the identities of chip and core.
        n_starts: How often it was told to run some steps.
    """

    def __init__(
        self, board_id: int, n_chips: int, n_cores_per_chip: list[int],
        n_synapses_per_core: list[list[int]],
    ) -> None:  # fmt: skip
        self.n2Chips = [
            Chip(self, CHIP_IDS[0] + i * CHIP_IDS[1], n) for i, n in enumerate(n_cores_per_chip)
        ]
        assert len(self.n2Chips) == n_chips
        self.n_synapses_per_core = n_synapses_per_core
        self.snips: list[dict[str, Any]] = []
        self.channels: list[Channel] = []
        self.n_starts = 0
        self._started, self._time, self._threads = False, 0, []
        self._failure: BaseException | None = None
        self.executor = SimpleNamespace(
            hasStarted=lambda: self._started,
            _host_coordinator=SimpleNamespace(hostAddr="127.0.0.1"),
        )

    def createSnip(self, **options: Any) -> dict[str, Any]:  # noqa: N802  as NxSDK has it
        """Take in a snip's source."""
        self.snips.append(options)
        return options

    def createChannel(self, name: bytes, **options: int) -> Channel:  # noqa: N802
        """Make a channel."""
        self.channels.append(Channel(name, **options))
        return self.channels[-1]

    def start(self) -> None:
        """Compile the snips and take in the registers."""
        self._snips = compile_snips(self.snips, [chip.id for chip in self.n2Chips])
        for channel in self.channels:
            self._snips.create_channel(channel.name.encode())
        self.cores = {
            (chip.id, core.id): RunningCore(core) for chip in self.n2Chips for core in chip.n2Cores
        }
        self._started = True

    def run(self, steps: int, aSync: bool) -> None:
        """Let chips, and the host's snip, run."""
        assert aSync, "with snips, a run goes on while the host talks to it"
        if not self.n_starts:
            self._threads.append(Thread(target=self._snips.run_host_snip, daemon=True))
            self._threads[0].start()
        self.n_starts += 1
        self._run = Thread(target=self._run_chips, args=(steps,), daemon=True)
        self._run.start()

    def finishRun(self) -> None:  # noqa: N802
        """Wait for the chips."""
        self._run.join()
        if self._failure is not None:
            raise self._failure

    def disconnect(self) -> None:
        """Wait for all that still runs, once it has been told to end."""
        if self.n_starts:
            self.finishRun()
            self._threads[0].join()
        self._started = False

    def _run_chips(self, steps: int) -> None:
        try:
            self._total = self._time + steps
            while self._time < self._total and self._goes_on():
                self._time += 1
                self._step()
        except BaseException as failure:  # noqa: BLE001  raised in the thread that waits
            self._failure = failure

    def _goes_on(self) -> bool:
        state = RunState()
        return all(
            getattr(self._snips, f"guard_io_{i}")(ctypes.byref(state))
            for i in range(len(self.n2Chips))
        )

    def _step(self) -> None:
        """Run the cores, then the snips, whose spikes arrive with those of the cores."""
        spikes = [to for core in self.cores.values() for to in core.step()]
        self._show()
        state = RunState(self._time, self._total)
        for i in range(len(self.n2Chips)):
            getattr(self._snips, f"nengo_io_{i}")(ctypes.byref(state))
        for to in [*spikes, *self._taken()]:
            self.cores[to.chip, to.core].receive(to)

    def _show(self) -> None:
        """Let snips see currents and voltages."""
        for (chip, number), core in self.cores.items():
            shown = self._snips.neuron_core(chip, number).contents.cx_state
            seen = np.ctypeslib.as_array(shown)[: len(core.u)]
            seen[:, 0], seen[:, 1] = core.u, core.shown

    def _taken(self) -> list[Address]:
        """Take the spikes that snips have sent."""
        spikes = np.zeros((self._snips.n_sent(), len(Address._fields)), dtype=np.int32)
        self._snips.take_sent(spikes.ctypes.data_as(ctypes.c_void_p))
        return [Address(*map(int, one)) for one in spikes]


def sources(board: Board) -> dict[str, str]:
    """Read the sources of all snips, and the files beside them."""
    files = [Path(snip.get("cFilePath") or snip["cppFile"]) for snip in board.snips]
    return {path.name: path.read_text() for file in files for path in file.parent.iterdir()}
