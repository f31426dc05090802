"""Values that probes record, until the host or a caller collects them."""

from collections.abc import Iterable, Sequence

import numpy as np

from spikearm.loihi_deploy.nengo_loihi_compat import LoihiProbe, ProbeFilter


class ProbeRecord:
    """Record of the probes of a chip.

    Args:
        probes: Probes, in the order of their values in a row.
        dt: Length of a step [s].
        dtype: Type of currents and voltages.

    Attributes:
        columns: Columns of each probe's targets in a row.
    """

    def __init__(self, probes: Sequence[LoihiProbe], dt: float, dtype: np.dtype) -> None:
        self._probes, self._dt, self._dtype = probes, dt, dtype
        self.columns = _columns(probes)
        self._awaited = list(probes)
        self.clear()

    def leave_out(self, probes: Iterable[LoihiProbe]) -> None:
        """Do not wait for the collection of probes whose values go to the host at once."""
        left_out = set(map(id, probes))
        self._awaited = [one for one in self._probes if id(one) not in left_out]

    def clear(self) -> None:
        """Forget all rows, collected or not, and the state of filters."""
        self._rows: list[np.ndarray] = []
        self._collected = dict.fromkeys(self._probes, 0)
        self._filter = ProbeFilter(dt=self._dt)

    def add(self, rows: np.ndarray) -> None:
        """Add the rows of some steps, shape (n_steps, n_probed)."""
        self._rows.append(rows)

    def n_collected(self, probe: LoihiProbe) -> int:
        """Return the number of steps of which a probe's values have been collected."""
        return self._collected[probe]

    def collect(self, probe: LoihiProbe, time: int) -> np.ndarray:
        """Return a probe's weighted values since the last collection.

        Args:
            probe: Probe to collect.
            time: Steps since the start.

        Returns:
            Values, shape (n_steps, n).
        """
        rows = self._joined()[self._collected[probe] - time :]
        self._collected[probe] = time
        return probe.weight_outputs(self.split(probe, rows))

    def split(self, probe: LoihiProbe, rows: np.ndarray) -> list[np.ndarray]:
        """Copy a probe's values out of some rows, block by block, as the emulator records them."""
        dtype = bool if probe.key == "spiked" else self._dtype
        return [np.array(rows[:, one], dtype=dtype, order="C") for one in self.columns[probe]]

    def collect_filtered(self, probe: LoihiProbe, time: int) -> np.ndarray:
        """Return a probe's weighted and filtered values, as :meth:`collect` otherwise."""
        if self._collected[probe] == time:
            return np.zeros((0, probe.output_size))
        values = self._filter(probe, self.collect(probe, time))
        self.drop_collected(time)
        return values

    def drop_collected(self, time: int) -> None:
        """Drop all rows if the values of all probes that are awaited have been collected."""
        if all(self._collected[probe] == time for probe in self._awaited):
            self._rows = []

    def _joined(self) -> np.ndarray:
        if len(self._rows) > 1:
            self._rows = [np.concatenate(self._rows)]
        return self._rows[0]


def _columns(probes: Sequence[LoihiProbe]) -> dict[LoihiProbe, list[slice]]:
    """Number the columns of each probe's targets in a row."""
    columns: dict[LoihiProbe, list[slice]] = {}
    first = 0
    for probe in probes:
        columns[probe] = []
        for block, chosen in zip(probe.target, probe.slice, strict=True):
            size = len(np.arange(block.n_neurons)[chosen])
            columns[probe].append(slice(first, first + size))
            first += size
    return columns
