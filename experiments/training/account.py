"""Account of a training: what was begun in a folder, and whether the same is asked for now."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spikearm.arm_models import SpikearmError
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.neural.files.array_file import understood
from spikearm.neural.files.typed_json import read_json

ACCOUNT = "config.json"


def begin_or_resume(
    folder: Path, about: Mapping[str, Any], unchanging: Sequence[str], finished: Path,
    before: Mapping[str, Any] = {},
) -> dict[str, Any]:  # fmt: skip
    """Write down what is trained, or check that it is what was begun here.

    Args:
        folder: Folder of the training.
        about: Account of what is asked for now.
        unchanging: Names of entries that must be those of the beginning.
        finished: File that is there when the training is finished.
        before: Entries of accounts that lack them.

    Returns:
        The account of the training, with the times at which it was resumed.

    Raises:
        SpikearmError: Something else was begun here.
    """
    path = folder / ACCOUNT
    account = {**about, "resumed": []}
    if path.exists():
        with understood(path, "account of a training", "Give another --out, or delete the folder."):
            begun = {**before, **read_json(path)}
        now = json.loads(json.dumps(account))
        other = [name for name in unchanging if begun.get(name) != now[name]]
        if other:
            raise SpikearmError(
                f"'{folder}' was begun with another {', '.join(other)} (see {path}). Give the "
                "options of then, or another --out."
            )
        if finished.exists():
            return begun
        account |= {"resumed": [*begun.get("resumed", []), account["created"]]}
    with atomic_file(path) as draft:
        draft.write_text(json.dumps(account, indent=2, allow_nan=False), "utf-8")
    return account
