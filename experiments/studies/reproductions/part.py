"""Parts of a reproduction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Part of a work's experiment: conditions that are measured side by side.

    Attributes:
        name: Name of the part, as tables and progress bars show it.
        conditions: Conditions, the work's method and its controls among them.
        seeds: Seeds that every condition is measured with.
        measure: Function of condition and seed that returns numbers by the names of their
            quantities. It runs in a process of its own, unless there is one job.
        jobs: Largest number of conditions at a time; 1 where times are measured.
    """

    name: str
    conditions: tuple[str, ...]
    seeds: tuple[int, ...]
    measure: Callable[[str, int], Mapping[str, float]]
    jobs: int | None = None

    @property
    def pieces(self) -> list[tuple[str, int]]:
        """Conditions with their seeds, in the order in which they are measured."""
        return [(condition, seed) for seed in self.seeds for condition in self.conditions]
