"""Folders and files that a command is to make, and the check that nothing is in their place."""

import os
from datetime import datetime
from pathlib import Path

from spikearm.arm_models import SpikearmError
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.records import check_new_folder


def default_folder(name: str) -> Path:
    """Name a new run folder after what runs and when."""
    return Path("runs") / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"


def new_folder(out: Path | None, name: str) -> Path:
    """Return the folder of the results, which is new.

    Args:
        out: Folder that was asked for; a dated one in ``runs`` when left out.
        name: Beginning of the dated one's name.

    Raises:
        SpikearmError: It is taken, or cannot be written.
    """
    folder = out or default_folder(name)
    try:
        check_new_folder(folder)
    except SpikearmError as error:
        raise SpikearmError(f"{error} The option is --out.") from error
    return folder


def check_new_file(path: Path, suffix: str) -> None:
    """Refuse a file that cannot be made, before any work is done.

    Raises:
        SpikearmError: It has another suffix, exists, is too long a name, or its folder cannot be
            written to.
    """
    if path.suffix != suffix:
        raise SpikearmError(f"'{path}' is of another kind: name a file that ends in {suffix}.")
    if os.path.lexists(path):
        raise SpikearmError(f"'{path}' exists. Name another file, or move it away.")
    with atomic_file(path):
        pass
