"""Shards: parts of a sweep that processes run without knowing of each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count
from spikearm.experiments.sweep.task import SweepTask

T = TypeVar("T")
MOST_SHARDS = 1_000_000


@dataclass(frozen=True)
class Shard:
    """Part of a sweep.

    Attributes:
        number: Number of the part, from 1.
        of: Number of parts.

    Raises:
        SpikearmError: There is no such part.
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        check_count(self.of, "shards", MOST_SHARDS)
        if not 1 <= self.number <= self.of:
            raise SpikearmError(
                f"There is no shard {self.number} of {self.of}: give 1/{self.of} to "
                f"{self.of}/{self.of}."
            )

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Read a shard from text such as ``2/10``.

        Raises:
            SpikearmError: The text is of another form, or there is no such part.
        """
        found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
        if not found:
            raise SpikearmError(f"'{text}' is no shard: give its number and theirs, such as 2/10.")
        return cls(int(found[1]), int(found[2]))

    def tasks(self, tasks: Sequence[SweepTask]) -> list[SweepTask]:
        """Return the tasks of this part; the order of keys, which are hashes, mixes long and short.

        A task is in one part only, whatever has been done before.
        """
        return sorted(tasks, key=lambda task: task.key)[self.number - 1 :: self.of]
