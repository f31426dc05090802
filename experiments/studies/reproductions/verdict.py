"""Verdict on a reproduction: its findings in a sentence or two.

::

    findings_verdict(findings)
"""

from collections import Counter
from collections.abc import Sequence

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.words import counted, listed

NAMED = 2  # findings that differ, which a sentence names
BOUNDS = "Reproduced is what every seed measured within the bounds of agreement with the work."


def findings_verdict(findings: Sequence[Finding]) -> str:
    """Write a verdict on findings: how many agree, and which of them differ."""
    if not findings:
        return "Nothing was measured."
    counts = Counter(one.verdict for one in findings)
    numbers = listed([f"{n} {verdict}" for verdict, n in counts.items()])
    sentences = [f"Of {counted(len(findings), 'finding')}: {numbers}."]
    differing = [one.quantity for one in findings if one.verdict == "differs"]
    if differing:
        rest = len(differing) - NAMED
        names = [*differing[:NAMED], *([f"{rest} more"] if rest > 0 else [])]
        sentences.append(f"Different here: {'; '.join(names)}.")
    return " ".join([*sentences, BOUNDS])
