"""Reads the energy meters of a processor, where Linux shows them (RAPL, through powercap)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spikearm.arm_models import SpikearmError

POWERCAP = Path("/sys/class/powercap")
MICROJOULE = 1e-6


class UnreadableMeterError(SpikearmError):
    """Why this machine's energy is not measured."""


@dataclass(frozen=True)
class Domain:
    """One counter of energy.

    Attributes:
        name: As the kernel names it.
        counter: The file that it is read from [uJ].
        most: The largest number it shows, before it starts from 0 again [uJ].
    """

    name: str
    counter: Path
    most: int

    def read(self) -> int:
        """Read the counter [uJ].

        Raises:
            UnreadableMeterError: It cannot be read.
        """
        try:
            return int(self.counter.read_text())
        except (OSError, ValueError) as error:
            raise _unreadable(self.counter, error) from error


@dataclass(frozen=True)
class EnergyMeter:
    """All processor packages of this machine.

    The kernel also shows what their cores take, which is in these counters, and other counters
    that not every machine has: they are left out.

    Attributes:
        domains: One for each package.
    """

    domains: tuple[Domain, ...]

    @classmethod
    def find(cls, root: Path) -> "EnergyMeter":
        """Find the packages' counters.

        Args:
            root: Where the kernel shows them, :data:`POWERCAP`.

        Raises:
            UnreadableMeterError: There are none, or they cannot be read.
        """
        domains = []
        for folder in sorted(root.glob("intel-rapl:*")):
            try:
                name = (folder / "name").read_text().strip()
                most = int((folder / "max_energy_range_uj").read_text())
            except (OSError, ValueError) as error:
                raise _unreadable(folder, error) from error
            if name.startswith("package"):
                domains.append(Domain(name, folder / "energy_uj", most))
        if not domains:
            raise UnreadableMeterError(f"This machine shows no energy meter in '{root}'.")
        meter = cls(tuple(domains))
        meter.read()
        return meter

    def read(self) -> tuple[int, ...]:
        """Read all counters [uJ].

        Raises:
            UnreadableMeterError: One cannot be read.
        """
        return tuple(domain.read() for domain in self.domains)

    def energy_between(self, before: tuple[int, ...], after: tuple[int, ...]) -> float:
        """Compute what was used between two readings [J]; a counter may have started anew once."""
        return MICROJOULE * sum(
            (end - start) % (domain.most + 1)
            for domain, start, end in zip(self.domains, before, after, strict=True)
        )


@dataclass(frozen=True)
class Measurement:
    """What a piece of work takes.

    Attributes:
        energy: Of one call, idle power subtracted [J].
        idle_power: What the machine takes when this program waits [W].
        busy_power: What it takes while it works [W].
        calls: How often the work was done.
    """

    energy: float
    idle_power: float
    busy_power: float
    calls: int


def measure(
    work: Callable[[], object],
    meter: EnergyMeter,
    seconds: float = 2.0,
    clock: Callable[[], float] = time.perf_counter,
    wait: Callable[[float], None] = time.sleep,
) -> Measurement:
    """Measure a piece of work, which is done again and again; first the machine idles as long.

    Whatever else runs meanwhile is measured, too: nothing else should.

    Args:
        work: Is called.
        meter: Reads the machine's energy.
        seconds: How long to idle, and how long to work at least; short enough for a counter to
            start anew at most once.
        clock: Tells the time [s].
        wait: Idles so long.

    Raises:
        UnreadableMeterError: The meter cannot be read, or shows no more for work than for idling.
    """
    began, before = clock(), meter.read()
    wait(seconds)
    ended, after = clock(), meter.read()
    idle_power = meter.energy_between(before, after) / (ended - began)
    began, before, calls, ended = clock(), meter.read(), 0, 0.0
    while calls == 0 or ended - began < seconds:
        work()
        calls, ended = calls + 1, clock()
    energy, duration = meter.energy_between(before, meter.read()), ended - began
    dynamic = energy - idle_power * duration
    if dynamic <= 0:
        raise UnreadableMeterError(
            "The machine takes no more power for the work than when idle: other programs run. Stop "
            "them, and try again."
        )
    return Measurement(dynamic / calls, idle_power, energy / duration, calls)


def _unreadable(path: Path, error: Exception) -> UnreadableMeterError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return UnreadableMeterError(
        f"The energy meter '{path}' cannot be read: {reason}. On most systems only root may."
    )
