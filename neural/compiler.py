"""Compilation of kernels for numba, and the folder of the compiled code."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache

logger = logging.getLogger(__name__)


def cache_folder(sources: Path) -> str:
    """Return the cache folder, named after the sources of all kernels.

    numba looks for changes in a function's own file only, not in those of what it calls. Compiled
    code is run as it is found: a folder that somebody else owns is not taken.

    Args:
        sources: Folder of the kernels.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for path in [Path(__file__), *sorted(sources.rglob("*.py"))]:
        digest.update(path.read_bytes())
    name = f"kernels-{digest.hexdigest()[:16]}"
    chosen = numba.config.CACHE_DIR  # type: ignore[attr-defined]  NUMBA_CACHE_DIR
    places = [Path(chosen)] if chosen else list(_usual_places(sources))
    for place in places:
        if _is_ours(place / name):
            return str(place / name)
    folder = _temporary_folder(Path(tempfile.gettempdir()))
    _warn_once(
        f"'{places[-1]}' cannot be written or is another user's: compiled kernels are in "
        f"'{folder}'."
    )
    return str(folder / name)


def _usual_places(sources: Path) -> Iterator[Path]:
    yield sources / "__pycache__"
    with suppress(RuntimeError):  # a user without a home
        yield Path.home() / ".cache" / "spikearm"


def _is_ours(folder: Path) -> bool:
    """Return whether a folder is this user's and can be written, or can be made."""
    try:
        while not folder.exists():
            folder = folder.parent
            if folder.exists():
                return os.access(folder, os.W_OK)
        return _owned(folder) and os.access(folder, os.W_OK)
    except OSError:
        return False


def _owned(folder: Path) -> bool:
    return not hasattr(os, "geteuid") or folder.stat().st_uid == os.geteuid()


@cache
def _temporary_folder(parent: Path) -> Path:
    """Return a folder for temporary files, in another, that nobody else can write into."""
    user = os.geteuid() if hasattr(os, "geteuid") else ""
    folder = parent / f"spikearm-{user}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if folder.is_dir() and not folder.is_symlink() and _owned(folder):
        return folder
    return Path(tempfile.mkdtemp(prefix="spikearm-"))


@cache
def _warn_once(text: str) -> None:
    logger.warning(text)


class _LenientCache(FunctionCache):
    """Cache whose faults cost a compilation, and not the work."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load compiled code; None, and nothing is left of it, where it is damaged."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001  damaged pickles raise anything
            _warn_once(f"Compiled code in '{self.cache_path}' is damaged, and made anew.")
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save compiled code, if that is possible."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _warn_once(f"Compiled code is not kept in '{self.cache_path}': {error.strerror}.")
            self.disable()


@dataclass(frozen=True)
class Compiler:
    """Decorator of kernels, which call none but those in the same folder.

    Attributes:
        sources: Folder of the kernels, and of the folders below it.
    """

    sources: Path

    @cached_property
    def folder(self) -> str:
        """Folder of the compiled code."""
        return cache_folder(self.sources)

    def __call__(self, function: Callable) -> Any:
        """Compile for machine code that needs no interpreter lock, and keep it on disk."""
        kernel = numba.njit(nogil=True, error_model="numpy")(function)
        kept = numba.config.CACHE_DIR  # type: ignore[attr-defined]
        numba.config.CACHE_DIR = self.folder  # type: ignore[attr-defined]
        try:
            kernel._cache = _LenientCache(function)
        finally:
            numba.config.CACHE_DIR = kept  # type: ignore[attr-defined]
        return kernel
