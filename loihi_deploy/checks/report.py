"""Report of a preflight: one row per limit."""

import traceback
from dataclasses import dataclass

from nengo.exceptions import BuildError, ValidationError

from spikearm.loihi_deploy.limits import REFUSED

REFUSALS = (BuildError, ValidationError, NotImplementedError, AssertionError)
"""Exceptions that nengo-loihi raises for a network that it does not build."""


@dataclass(frozen=True)
class Row:
    """Use of one limited resource.

    Attributes:
        resource: Name of the resource.
        used: Amount used, where most is.
        limit: Amount available.
        where: Name of the core, block or ensemble that uses most; empty where there is none.
        ok: True if the use is within the limit.
        note: Remark on ``used``.
        remedy: Change that makes the network fit; empty where it does.
    """

    resource: str
    used: float
    limit: float
    where: str = ""
    ok: bool = True
    note: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Report:
    """Result of a preflight.

    Attributes:
        rows: Rows, one per limit.
    """

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """True if the network is within all limits."""
        return not self.breaches

    @property
    def breaches(self) -> tuple[Row, ...]:
        """Rows of the limits that are broken."""
        return tuple(row for row in self.rows if not row.ok)


def refusal(error: Exception) -> Row:
    """Build the row of a network that nengo-loihi does not build.

    Args:
        error: Exception, one of :data:`REFUSALS`.
    """
    return Row(REFUSED.resource, 1, REFUSED.most, ok=False, remedy=reason(error))


def reason(error: Exception) -> str:
    """Return an error's message, or the line of code that raised it where there is none."""
    if str(error):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"It stops at `{frame.line}` in {frame.name}."
