"""Files that appear whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import sentence


def draft_prefix() -> str:
    """Return the first letters of the names of this process's drafts."""
    return f".{os.getpid()}-"


@contextmanager
def atomic_file(path: Path, keep_on_interrupt: bool = False) -> Iterator[Path]:
    """Yield a draft beside a file, and rename it into place when the block ends well.

    An error leaves nothing behind, nor does an empty draft: no folder that was made for it
    either.

    Args:
        path: File to write.
        keep_on_interrupt: True if Ctrl-C keeps what has been written, because half of such
            a file is of use.

    Raises:
        SpikearmError: The folder cannot be written to, or the disk is full.
    """
    draft = None
    new_folders: list[Path] = []
    try:
        new_folders = missing_folders(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.lstat()  # tells of a name that is too long, rather now than when all is done
        handle, name = tempfile.mkstemp(prefix=draft_prefix(), suffix=path.suffix, dir=path.parent)
        os.close(handle)
        draft = Path(name)
        yield draft
        _place(draft, path)
    except KeyboardInterrupt:
        if draft is not None and keep_on_interrupt:
            _place(draft, path)
        raise
    except OSError as error:
        raise SpikearmError(
            f"Cannot write '{path}': {error.strerror or sentence(error)}. Nothing was left behind; "
            "free the disk or name another file."
        ) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
        remove_if_empty(new_folders)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file, which is made where there is none: the whole line, or nothing.

    Raises:
        SpikearmError: The file cannot be written to, or the disk is full.
    """
    _add(path, f"{line}\n".encode())


def check_appendable(path: Path) -> None:
    """Refuse a file that nothing can be added to, before any work is done.

    Raises:
        SpikearmError: It cannot be opened, or made.
    """
    _add(path, b"")


def _add(path: Path, data: bytes) -> None:
    """Add to a file, and leave none that is empty where there was none."""
    new_folders, there = missing_folders(path), path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as file:
            _append(file, data)
    except OSError as error:
        raise SpikearmError(
            f"Cannot add to '{path}': {error.strerror or error}. Nothing was added; free the disk "
            "or name another file."
        ) from error
    finally:
        if not there:
            with suppress(OSError):  # it was never made
                if not path.stat().st_size:
                    path.unlink()
        remove_if_empty(new_folders)


def missing_folders(path: Path) -> list[Path]:
    """List the folders above a file that are still to be made, the innermost first."""
    return [folder for folder in path.parents if not folder.exists()]


def remove_if_empty(folders: Sequence[Path]) -> None:
    """Remove folders that hold nothing, the innermost first."""
    for folder in folders:
        with suppress(OSError):  # it was never made, or it holds a file
            folder.rmdir()


def _append(file: FileIO, data: bytes) -> None:
    """Write all of the data at the end of a file, or none of it."""
    end = file.seek(0, os.SEEK_END)
    if file.write(data) < len(data):
        file.truncate(end)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _place(draft: Path, path: Path) -> None:
    if draft.stat().st_size:
        draft.chmod(0o644)
        draft.replace(path)
