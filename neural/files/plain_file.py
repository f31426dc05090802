"""Files that are safe to read: pipes would wait, devices never end, and sizes are bounded."""

import errno
import os
import stat
from pathlib import Path


def check_plain_file(path: Path, most: int) -> None:
    """Check that a path names a file, and of what size, before it is opened.

    Args:
        path: Path of the file.
        most: Largest size that is read [bytes].

    Raises:
        OSError: There is none, it is a folder, a pipe or a device, or it is larger.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "It is a pipe or a device, not a file", str(path))
    check_size(status.st_size, most)


def check_size(n_bytes: int, most: int) -> None:
    """Check the size of what is about to be read.

    Raises:
        OSError: It is larger than allowed.
    """
    if n_bytes > most:
        raise OSError(errno.EFBIG, f"It claims {n_bytes} bytes, and at most {most} are read")
