"""Lookup of an entry of a registry by its name."""

from collections.abc import Mapping
from typing import TypeVar

from spikearm.arm_models import SpikearmError

T = TypeVar("T")


def find_entry(entries: Mapping[str, T], name: str, kind: str) -> T:
    """Return an entry of a registry.

    Args:
        entries: Registry.
        name: Name of the entry.
        kind: Noun for its entries, such as ``controller``.

    Raises:
        SpikearmError: There is none of that name.
    """
    if name not in entries:
        raise SpikearmError(
            f"There is no {kind} '{name}'. {kind.capitalize()}s: {', '.join(entries)}."
        )
    return entries[name]
