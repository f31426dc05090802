"""Reproductions: a work's experiment, in parts, and what it shows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import plotly.graph_objects as go

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import Measurement
from spikearm.experiments.studies.reproductions.part import Part


class Reproduction(ABC):
    """Experiment of a published work, on data that ship or are generated.

    Attributes:
        citation: Authors, year, title and place of the work.
        summary: Sentence that says what the work claims.
    """

    citation: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def parts(self, quick: bool) -> Sequence[Part]:
        """List the parts.

        Args:
            quick: True for sizes and seeds that take less than two minutes of one core together.
        """

    @abstractmethod
    def findings(self, measurements: Sequence[Measurement]) -> list[Finding]:
        """Compare with what was published, given the measurements that are there.

        Where not all of them are there, as after Ctrl-C, findings have fewer values.
        """

    @abstractmethod
    def figure(self, measurements: Sequence[Measurement]) -> go.Figure:
        """Draw the measurements."""
