"""Interface between a host and its chip: spikes, learning errors and probed values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HostInterface:
    """Processes through which values pass between host and chip.

    Processes are told apart by ``id``: Nengo takes any two of the same kind for equal.

    Attributes:
        inputs: Number of the chip's spike input that each process feeds.
        errors: Index of the first learning error on the chip that each process sends.
        received: Processes that receive probed values from the chip.
    """

    inputs: dict[int, int]
    errors: dict[int, int]
    received: frozenset[int]
