"""Lists of findings: published, measured here, and with the control."""

from collections.abc import Iterator, Sequence
from textwrap import fill

import numpy as np
from rich.text import Text

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.tables import WIDTH

STYLES = {"differs": "yellow"}
"""Styles of findings by their verdict, where it is not the usual one."""


def findings_list(findings: Sequence[Finding]) -> list[Text]:
    """Lay out a paragraph per finding: its verdict, and its values on lines of their own."""
    return [
        Text("\n".join(_lines(number, one)), style=STYLES.get(one.verdict, ""))
        for number, one in enumerate(findings, start=1)
    ]


def spread(values: Sequence[float]) -> str:
    """Write a mean, and the smallest and largest value and their number where there are several."""
    if not values:
        return ""
    mean = f"{np.mean(values):.3g}"
    if len(values) == 1:
        return mean
    return f"{mean} ({min(values):.3g} to {max(values):.3g}, {len(values)} seeds)"


def _lines(number: int, finding: Finding) -> Iterator[str]:
    yield fill(f"{number}. {finding.quantity}: {finding.verdict}", WIDTH, subsequent_indent="   ")
    control = f"{spread(finding.control)}, {finding.control_name}" if finding.control else ""
    values = {"published": finding.published, "here": spread(finding.here), "control": control}
    for name, value in (values | {"remark": finding.remark}).items():
        if value:
            indent = f"   {name:11}"
            yield fill(value, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent))
