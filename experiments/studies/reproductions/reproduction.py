"""Reproductions: a work's experiment, in parts, and what it shows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.util import find_spec
from typing import ClassVar

import plotly.graph_objects as go

from spikearm.arm_models import SpikearmError
from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import Measurement
from spikearm.experiments.studies.reproductions.part import Part


class Reproduction(ABC):
    """Experiment of a published work, on data that ship or are generated.

    Attributes:
        citation: Authors, year, title and place of the work.
        summary: Sentence that says what the work claims.
        needs: Packages that its parts import, and the extra that each comes with.
    """

    citation: ClassVar[str]
    summary: ClassVar[str]
    needs: ClassVar[tuple[tuple[str, str], ...]] = ()

    def check_packages(self) -> None:
        """Check that the packages are installed, before any work is done.

        Raises:
            SpikearmError: Some are not.
        """
        missing = [(name, extra) for name, extra in self.needs if find_spec(name) is None]
        if missing:
            names = ", ".join(name for name, _ in missing)
            extras = ",".join(dict.fromkeys(extra for _, extra in missing))
            raise SpikearmError(
                f"This needs {names}, not installed here: pip install 'spikearm[{extras}]'."
            )

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
