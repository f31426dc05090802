"""Named arrays in one block of memory, because passing many arrays to a kernel is slow.

Handing one array to compiled code costs about 0.1 us, and a controller steps in ten. So
arrays of one type lie one after the other in one block, and the kernel gets the blocks and
the offsets.
"""

from collections.abc import Mapping

import numpy as np

ALIGNMENT = 16  # items; keeps every array on a cache line


class Arena:
    """Copies of arrays of one type in one block of memory.

    Args:
        dtype: Type of all arrays.
        arrays: Arrays of one dimension by name, in the order of their offsets.

    Attributes:
        block: Block of memory.
        bounds: First item and end of each array, shape (n_arrays, 2).
    """

    def __init__(self, dtype: type, arrays: Mapping[str, np.ndarray]) -> None:
        self.bounds = np.zeros((len(arrays), 2), dtype=np.int64)
        start = 0
        for row, values in enumerate(arrays.values()):
            self.bounds[row] = start, start + len(values)
            start += -(-len(values) // ALIGNMENT) * ALIGNMENT
        self.block = np.zeros(start, dtype=dtype)
        self._rows = {name: row for row, name in enumerate(arrays)}
        for name, values in arrays.items():
            self[name][:] = values

    def __getitem__(self, name: str) -> np.ndarray:
        """Return an array as a view into the block."""
        start, end = self.bounds[self._rows[name]]
        return self.block[start:end]
