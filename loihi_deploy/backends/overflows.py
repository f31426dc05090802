"""Counts of overflows and cut numbers, of which nengo-loihi warns."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

OVER_INPUT, OVER_CURRENT, OVER_MEMBRANE = "Overflow in q0", "Overflow in current", "Overflow in u2"
CUT_ERROR, CUT_TRACE = "Received PES error", "Trace increment exceeds upper limit"
CLIPPED_TRACE, CLIPPED_WEIGHT = "Clipping synapse trace", "Clipping learning weights"
OVERFLOWS = (
    OVER_INPUT, OVER_CURRENT, OVER_MEMBRANE, CUT_ERROR, CUT_TRACE, CLIPPED_TRACE, CLIPPED_WEIGHT,
)  # fmt: skip
"""Beginnings of nengo-loihi's warnings of overflows and cut numbers."""


@contextmanager
def counted(overflow_counts: Counter[str], shown: bool = False) -> Iterator[None]:
    """Count known warnings within the block, each kind once, and pass all others on.

    Args:
        overflow_counts: Counter to add to.
        shown: Pass counted warnings on, too.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    known = set()
    for one in caught:
        kinds = [kind for kind in OVERFLOWS if str(one.message).startswith(kind)]
        known.update(kinds)
        if shown or not kinds:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    overflow_counts.update(known)
