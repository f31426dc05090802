"""Panels of a report: one picture each, so that narrow screens show them one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import plotly.io
from markupsafe import Markup

HEIGHT = 280  # px
# Invisible, so that the labels of two axes keep apart where they meet.
TICKS = {"ticks": "outside", "ticklen": 5, "tickcolor": "rgba(0,0,0,0)"}
LAYOUT = {
    "template": "plotly_white",
    "margin": {"l": 58, "r": 14, "t": 10, "b": 44},
    "showlegend": False,  # a section has one for all of its panels
    "font": {"family": "system-ui, sans-serif", "size": 12},
    "autosize": True,
    "xaxis": TICKS,
    "yaxis": TICKS,
}
CONFIG = {"displaylogo": False, "responsive": True}


@dataclass(frozen=True)
class Panel:
    """Picture of a report.

    Attributes:
        figure: The picture, from :func:`blank_figure`. Traces that belong to a series have its
            label as their ``legendgroup``.
        title: Line above it; empty where the section's heading says it all.
        height: Height [px].
    """

    figure: go.Figure
    title: str = ""
    height: int = HEIGHT

    @property
    def html(self) -> Markup:
        """HTML of the picture, which needs plotly's library on its page."""
        return Markup(
            plotly.io.to_html(
                self.figure, full_html=False, include_plotlyjs=False, config=CONFIG,
                default_width="100%", default_height=f"{self.height}px",
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Section:
    """Panels under one heading.

    Attributes:
        heading: Heading.
        caption: Sentences below it.
        panels: Panels, side by side where there is room.
        width: Least width of panels that stand side by side [px].
    """

    heading: str
    caption: str
    panels: Sequence[Panel]
    width: int = 440

    @property
    def labels(self) -> set[str]:
        """Labels of the series in the panels."""
        return {trace.legendgroup for panel in self.panels for trace in panel.figure.data}


def blank_figure() -> go.Figure:
    """Return a picture without anything in it, in the form that all panels share."""
    return go.Figure(layout=LAYOUT)
