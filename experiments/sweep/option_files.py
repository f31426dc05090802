"""Files that options name: they count by what is in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spikearm.arm_models.loading.profile import file_hash
from spikearm.experiments.sweep.options import options_of, values_of


def files_of(command: type, values: Mapping[str, Any]) -> dict[str, Path]:
    """Return the files among values of options, by the options' names.

    Args:
        command: Class of the command.
        values: Values by the options' names.
    """
    options = options_of(command)
    return {
        name: Path(value)
        for name, value in values.items()
        if (options[name].is_file or name == "arm") and value is not None and Path(value).is_file()
    }


def digests_of(command: Any) -> dict[str, str]:
    """Return the hashes of the files that a command's options name."""
    files = files_of(type(command), values_of(command))
    return {str(path): file_hash(path) for path in files.values()}
