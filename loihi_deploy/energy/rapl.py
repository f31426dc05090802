"""Energy meters of a processor, where Linux has them (RAPL, through powercap)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spikearm.arm_models import SpikearmError

POWERCAP = Path("/sys/class/powercap")
MICROJOULE = 1e-6


class UnreadableMeterError(SpikearmError):
    """Error of a machine whose energy cannot be measured."""


@dataclass(frozen=True)
class Domain:
    """Counter of energy.

    Attributes:
        name: Name in the kernel.
        counter: File of the counter [uJ].
        most: Largest value, after which the counter starts from 0 again [uJ].
    """

    name: str
    counter: Path
    most: int

    def read(self) -> int:
        """Read the counter [uJ].

        Raises:
            UnreadableMeterError: The file cannot be read.
        """
        try:
            return int(self.counter.read_text())
        except (OSError, ValueError) as error:
            raise _unreadable(self.counter, error) from error


@dataclass(frozen=True)
class EnergyMeter:
    """Meter of all processor packages of this machine.

    The kernel's counters of cores, which packages include, and counters that not every machine has
    are left out.

    Attributes:
        domains: Counter of each package.
    """

    domains: tuple[Domain, ...]

    @classmethod
    def find(cls, root: Path) -> "EnergyMeter":
        """Find the packages' counters.

        Args:
            root: Folder of the kernel's counters, :data:`POWERCAP`.

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
            UnreadableMeterError: A counter cannot be read.
        """
        return tuple(domain.read() for domain in self.domains)

    def energy_between(self, before: tuple[int, ...], after: tuple[int, ...]) -> float:
        """Compute the energy between two readings [J]; a counter may have wrapped around once."""
        return MICROJOULE * sum(
            (end - start) % (domain.most + 1)
            for domain, start, end in zip(self.domains, before, after, strict=True)
        )


@dataclass(frozen=True)
class Measurement:
    """Measured energy of a function.

    Attributes:
        energy: Energy of a call, less idle power [J].
        idle_power: Power of the machine while this program waits [W].
        busy_power: Power of the machine while this program works [W].
        calls: Number of calls.
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
    """Measure the energy of a function, called repeatedly, against that of idling.

    Other programs are measured as well: none should run.

    Args:
        work: Function to measure.
        meter: Meter of this machine.
        seconds: Time to idle, and least time to work [s]; short enough for a counter to wrap around
            at most once.
        clock: Clock [s].
        wait: Function that idles for a time [s].

    Raises:
        UnreadableMeterError: The meter cannot be read, or the function takes no more than idling.
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
