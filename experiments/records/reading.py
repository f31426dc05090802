"""Files of results, read back: of bounded size, of the expected types, or refused in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import sentence
from spikearm.neural.files.array_file import DAMAGES
from spikearm.neural.files.plain_file import check_plain_file, check_size

if TYPE_CHECKING:
    import pyarrow as pa

MOST_BYTES = 2**32  # of a table in memory; a hundred seeds of the benchmark take this
VALUE_BYTES = 8


class Summary(TypedDict):
    """Keys of a summary, and their types."""

    status: Literal["complete", "interrupted", "failed"]
    rows: list[dict[str, Any]]


@contextmanager
def undamaged(folder: Path) -> Iterator[None]:
    """Refuse a folder of results that the block does not understand.

    Raises:
        SpikearmError: A file cannot be read, or a value in it is not what is expected.
    """
    import pyarrow as pa  # after the work of a run

    try:
        yield
    except (*DAMAGES, OSError, pa.ArrowException) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or sentence(error)
        raise SpikearmError(
            f"'{folder}' is damaged, or of another version: {reason}. Run it again."
        ) from error


def read_table(path: Path) -> "pa.Table":
    """Read a Parquet file, after a look at the sizes that its headers claim.

    Raises:
        OSError: It cannot be read, is no file, or is larger than ``MOST_BYTES``.
        pa.ArrowException: It is damaged.
    """
    import pyarrow.parquet as pq

    check_plain_file(path, MOST_BYTES)
    claims = pq.read_metadata(path)
    groups = [claims.row_group(number) for number in range(claims.num_row_groups)]
    n_values = sum(
        group.column(number).num_values for group in groups for number in range(group.num_columns)
    )
    check_size(VALUE_BYTES * max(n_values, claims.num_rows * claims.num_columns), MOST_BYTES)
    return pq.read_table(path, page_checksum_verification=True)
