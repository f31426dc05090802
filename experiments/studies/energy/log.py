"""The log of `spikearm energy`, a line of JSON for each account, as scripts read it."""

import json
from pathlib import Path
from typing import Any


def last_entry(log: Path) -> dict[str, Any]:
    """Read the last line of a log."""
    return json.loads(log.read_text("utf-8").splitlines()[-1])


def part_energies(account: dict[str, Any]) -> dict[str, float]:
    """Return the energy of every part of an account that has one [J]."""
    return {one["name"]: one["energy"] for one in account["parts"] if one["energy"] is not None}
