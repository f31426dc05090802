"""Results of a sweep on the disk: a file per task, whole or not there, which are the truth."""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from spikearm.arm_models import SpikearmError
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.reading import undamaged
from spikearm.experiments.sweep.kind import Row

RESULTS, TIMES = "results", "times"
STALE = 60.0  # s; a draft is written in milliseconds, and one that is older was left by a kill
COMPLETE, FAILED = "complete", "failed"


@dataclass(frozen=True)
class Dataset:
    """Folder of a sweep's results.

    ``results`` holds the rows of each task, the same at every run, and ``times`` what took how
    long: one Parquet file per task in each, by its key. A task is done if it has a file of results.

    Attributes:
        folder: Folder of both.
    """

    folder: Path

    @property
    def results(self) -> Path:
        """Folder of the files of results."""
        return self.folder / RESULTS

    @property
    def times(self) -> Path:
        """Folder of the files of times."""
        return self.folder / TIMES

    def open(self) -> None:
        """Make the folder, or take one that is there, without what killed processes left.

        Raises:
            SpikearmError: It holds something else, or cannot be written to.
        """
        try:
            if self.folder.exists() and not self.results.is_dir() and any(self.folder.iterdir()):
                raise SpikearmError(
                    f"'{self.folder}' exists and holds no sweep. Name another folder, or move it "
                    "away."
                )
            for folder in (self.results, self.times):
                folder.mkdir(parents=True, exist_ok=True)
                _remove_stale(folder)
        except OSError as error:
            raise SpikearmError(
                f"Cannot write to '{self.folder}': {error.strerror}. Name a folder you may write "
                "to."
            ) from error

    def done(self) -> set[str]:
        """Return the keys of the tasks that have results."""
        return {path.stem for path in self.results.glob("[!.]*.parquet")}

    def holds(self, key: str) -> bool:
        """Return whether a task has results."""
        return self._file(RESULTS, key).exists()

    def problems(self) -> dict[str, str]:
        """Return the reasons why tasks failed, by their keys.

        Raises:
            SpikearmError: A file is damaged.
        """
        if not self.done():
            return {}
        with undamaged(self.results):
            failed = ds.field("status") == FAILED
            rows = ds.dataset(self.results).to_table(columns=["key", "problem"], filter=failed)
        return {row["key"]: row["problem"] for row in rows.to_pylist()}

    def complete_rows(self, columns: Iterable[str], schema: pa.Schema) -> list[Row]:
        """Return the rows of tasks that are complete.

        Args:
            columns: Columns of the rows, beside the task's key.
            schema: All columns of the tasks' kind.

        Raises:
            SpikearmError: A file is damaged.
        """
        if not self.done():
            return []
        with undamaged(self.results):
            wanted, complete = ["key", *columns], ds.field("status") == COMPLETE
            known = pa.schema([schema.field(name) for name in (*wanted, "status")])
            table = ds.dataset(self.results, schema=known).to_table(wanted, filter=complete)
        return table.to_pylist()

    def times_of(self, keys: Iterable[str]) -> list[Row]:
        """Return what is known of how long tasks took, a row per task.

        Raises:
            SpikearmError: A file is damaged.
        """
        columns = ["worker", "worker_start_cpu_s", "run_cpu_s"]
        with undamaged(self.times):
            return [
                pq.read_table(self._file(TIMES, key), columns=columns).slice(0, 1).to_pylist()[0]
                for key in keys
            ]

    def forget(self, keys: Iterable[str]) -> None:
        """Remove the results of tasks, so that they run again."""
        for key in keys:
            self._file(RESULTS, key).unlink(missing_ok=True)

    def write(self, key: str, results: pa.Table, times: pa.Table) -> None:
        """Write the rows of a task; its results, by which it is done, come last.

        Raises:
            SpikearmError: The disk fails; nothing half-written is left.
        """
        for name, table in ((TIMES, times), (RESULTS, results)):
            with atomic_file(self._file(name, key)) as draft:
                pq.write_table(table, draft, compression="zstd", write_page_checksum=True)

    def _file(self, name: str, key: str) -> Path:
        return self.folder / name / f"{key}.parquet"


def make_table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """Return rows as a table; None stands where a row lacks a column."""
    return pa.Table.from_pylist(list(rows), schema=schema)


def _remove_stale(folder: Path) -> None:
    """Remove drafts of processes that were killed, of whatever machine."""
    for draft in folder.glob(".*"):
        with suppress(FileNotFoundError):  # its process has just placed it
            if time.time() - draft.stat().st_mtime > STALE:
                draft.unlink()
