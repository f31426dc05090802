"""Type of an option that may be left out."""

from typing import Annotated, TypeVar

import tyro

T = TypeVar("T")

Unset = Annotated[T | None, tyro.conf.arg(help_behavior_hint="")]
"""Option without a value unless it is given; help does not call that a default of ``None``."""
