"""A picture of the chip: cores in the colour of their use, and the spikes between them."""

from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io
from plotly.colors import sample_colorscale

from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.mapping.mesh import COLUMNS, CORES_PER_TILE, ROWS, tile_of
from spikearm.loihi_deploy.mapping.placement import Core
from spikearm.loihi_deploy.pipeline import Deployment

PITCH = 2.4  # from tile to tile; cores of a tile are 1 apart
ROOM = 1.0  # between chips
HOST = (-2.0, (ROWS * PITCH - 1) / 2)
MOST_WIDTH = 8.0  # of the curve with the most spikes [px]
BEND, CURVE_POINTS = 0.3, 21  # how far curves leave the straight line, over its length
DARK = 0.5  # utilisation above which numbers are white
HALF = 0.45  # of a core's square
COLORS = "YlOrRd"
UNUSED_COLOR, TRAFFIC_COLOR = "#e4e4e4", "rgba(31, 95, 168, 0.6)"

ASPECT = (ROWS * PITCH + ROOM) / (COLUMNS * PITCH - HOST[0] + 1)  # height of a chip over its width
MOST_PIXELS = 1100  # width of the picture
BESIDE = 150  # px of title, colour bar and margins, above and below the chips
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  html {{ overflow-y: scroll; }}
  body {{ margin: 0 auto; max-width: {width}px; font-family: system-ui, sans-serif; }}
</style>
</head>
<body>
{picture}
</body>
</html>
"""


def write_picture(deployment: Deployment, title: str, path: Path) -> None:
    """Write the picture as one HTML file, whole or not at all.

    Raises:
        SpikearmError: The file cannot be written.
    """
    n_chips = len(deployment.placement.cores_per_chip)
    picture = plotly.io.to_html(
        chip_figure(deployment, title), full_html=False, default_width="100%",
        default_height=f"calc({n_chips * ASPECT:.3f} * min(100vw, {MOST_PIXELS}px) + {BESIDE}px)",
        config={"displaylogo": False, "responsive": True},
    )  # fmt: skip
    with atomic_file(path) as draft:
        page = PAGE.format(title=escape(title), picture=picture, width=MOST_PIXELS)
        draft.write_text(page, "utf-8")


def chip_figure(deployment: Deployment, title: str) -> go.Figure:
    """Draw all chips, one below the other, with the host beside them."""
    cores = deployment.placement.cores
    places = np.array([_place(core) for core in cores])
    n_chips = len(deployment.placement.cores_per_chip)
    figure = go.Figure()
    most = max(deployment.traffic.between.max(), deployment.traffic.from_host.max())
    for source, target in zip(*np.nonzero(deployment.traffic.between), strict=True):
        spikes = float(deployment.traffic.between[source, target])
        figure.add_traces(_flow(places[source], places[target], spikes, most))
    for target in np.flatnonzero(deployment.traffic.from_host):
        spikes = float(deployment.traffic.from_host[target])
        figure.add_traces(_flow(HOST, places[target], spikes, most))
    figure.add_trace(_used(cores, places))  # above the curves
    figure.add_annotation(x=HOST[0], y=HOST[1], text="host", showarrow=False, bgcolor="white")
    figure.update_layout(
        title=title, template="plotly_white", showlegend=False, autosize=True,
        margin={"l": 8, "r": 8, "t": 56, "b": 64},
        shapes=[*_squares(n_chips), *(_square(_place(one), _color(one)) for one in cores)],
    )  # fmt: skip
    last_row = (n_chips - 1) * (ROWS * PITCH + ROOM) + ROWS * PITCH
    figure.update_xaxes(visible=False, range=[HOST[0] - 1, COLUMNS * PITCH], constrain="domain")
    return figure.update_yaxes(visible=False, range=[last_row, -1.5], scaleanchor="x")


def _place(core: Core) -> tuple[float, float]:
    """Compute the middle of a core, in its tile of two by two."""
    tile = tile_of(core.number)
    down, right = divmod(core.number % CORES_PER_TILE, 2)
    top = core.chip * (ROWS * PITCH + ROOM)
    return tile.column * PITCH + right, top + tile.row * PITCH + down


def _squares(n_chips: int) -> list[dict[str, Any]]:
    """Draw all cores of chips as if they were unused."""
    numbers = range(int(limits.CORES.most))
    cores = [Core(chip, number, ()) for chip in range(n_chips) for number in numbers]
    return [_square(_place(core), UNUSED_COLOR) for core in cores]


def _square(middle: tuple[float, float], color: str) -> dict[str, Any]:
    x, y = middle
    return {
        "type": "rect", "layer": "below", "line": {"width": 0}, "fillcolor": color,
        "x0": x - HALF, "x1": x + HALF, "y0": y - HALF, "y1": y + HALF,
    }  # fmt: skip


def _color(core: Core) -> str:
    return sample_colorscale(COLORS, min(1.0, core.utilisation))[0]


def _used(cores: tuple[Core, ...], places: np.ndarray) -> go.Scatter:
    """Name the used cores, and say what their colours mean."""
    bar = {
        "title": {"text": "share used of the scarcest resource", "side": "top"},
        "tickformat": ".0%", "orientation": "h", "y": 0, "yanchor": "top", "thickness": 10,
        "len": 0.6,
    }  # fmt: skip
    return go.Scatter(
        x=places[:, 0], y=places[:, 1], mode="markers+text",
        marker={
            "size": 10, "opacity": 0, "color": [core.utilisation for core in cores],
            "cmin": 0, "cmax": 1, "colorscale": COLORS, "colorbar": bar,
        },
        text=[str(core.number) for core in cores],
        textfont={
            "size": 9, "color": ["white" if one.utilisation > DARK else "black" for one in cores],
        },
        hovertext=[_describe(core) for core in cores],
        hoverinfo="text",
    )  # fmt: skip


def _describe(core: Core) -> str:
    uses = (f"{limit.resource}: {used} of {most}" for limit, (used, most) in core.resources.items())
    name = core.name.replace("<", "&lt;")
    return "<br>".join([f"chip {core.chip}, core {core.number}: {name}", *uses])


def _flow(
    start: tuple[float, float] | np.ndarray, end: np.ndarray, spikes: float, most: float
) -> list[go.Scatter]:
    """Draw a bent curve, with the number of its spikes at its middle."""
    along = end - np.asarray(start)
    bend = BEND * np.array([-along[1], along[0]])
    t = np.linspace(0, 1, CURVE_POINTS)[:, None]
    points = start + t * along + 4 * t * (1 - t) * bend  # (n, 2)
    middle = points[CURVE_POINTS // 2]
    line = {"width": 0.5 + MOST_WIDTH * spikes / most, "color": TRAFFIC_COLOR}
    return [
        go.Scatter(x=points[:, 0], y=points[:, 1], mode="lines", line=line, hoverinfo="skip"),
        go.Scatter(
            x=middle[:1], y=middle[1:], mode="markers", hoverinfo="text",
            marker={"size": 7, "color": TRAFFIC_COLOR}, hovertext=f"{spikes:.2f} spikes per step",
        ),
    ]  # fmt: skip
