"""Picture of the task "seen": how many hands ended how close."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from spikearm.experiments.palette import OTHER_COLORS
from spikearm.experiments.seen.loop.sight_level import SightLevel
from spikearm.experiments.seen.study.points import CLOSE, NEAR, key_of
from spikearm.experiments.seen.study.seen_plan import SeenOutcome


def seen_figure(outcomes: Sequence[SeenOutcome], title: str) -> go.Figure:
    """Draw the share of visible targets over the distance at which the hand ended."""
    figure = go.Figure()
    keys = dict.fromkeys(key_of(one.condition) for one in outcomes if one.reaches)
    for number, key in enumerate(keys):
        errors = [
            1e3 * reach.hand_error_m
            for one in outcomes
            if key_of(one.condition) == key
            for reach in one.reaches
            if reach.visible
        ]
        controller, sight, motion, name, strength = key
        label = f"{controller}, {sight}, {motion}, {SightLevel(name, strength).label}"
        color = OTHER_COLORS[number % len(OTHER_COLORS)]
        share = np.arange(1, len(errors) + 1) / max(len(errors), 1)
        figure.add_scatter(
            x=np.sort(errors), y=share, mode="lines", line={"shape": "hv", "color": color},
            name=label,
        )  # fmt: skip
    for distance in (CLOSE, NEAR):
        figure.add_vline(x=1e3 * distance, line={"dash": "dot", "color": "#808080"})
    figure.update_xaxes(title_text="hand from target mm", type="log")
    figure.update_yaxes(title_text="share of visible targets", range=[0.0, 1.02])
    figure.update_layout(title=title, template="plotly_white", height=520)
    return figure
