"""Help of flags that turn something off."""

from typing import Any

import tyro


def turned_off(text: str) -> Any:
    """Return the help of an option that is on by default, and shown as ``--no-...``.

    Args:
        text: Words on what it does to turn it off.
    """
    return tyro.conf.arg(help=text, help_behavior_hint="")
