"""A picture of the chip: cores in the colour of their use, and the spikes between them."""

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import plotly.io

from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.mapping.mesh import CORES_PER_TILE, ROWS, tile_of
from spikearm.loihi_deploy.mapping.placement import Core
from spikearm.loihi_deploy.pipeline import Deployment

PITCH = 2.4  # from tile to tile; cores of a tile are 1 apart
ROOM = 1.0  # between chips
HOST = (-2.0, (ROWS * PITCH - 1) / 2)
MOST_WIDTH = 8.0  # of the curve with the most spikes [px]
BEND, CURVE_POINTS = 0.3, 21  # how far curves leave the straight line, over its length
DARK = 0.5  # utilisation above which numbers are white
UNUSED_COLOR, TRAFFIC_COLOR = "#e4e4e4", "rgba(31, 95, 168, 0.6)"


def write_picture(deployment: Deployment, title: str, path: Path) -> None:
    """Write the picture as one HTML file, whole or not at all.

    Raises:
        SpikearmError: The file cannot be written.
    """
    page = plotly.io.to_html(chip_figure(deployment, title), config={"displaylogo": False})
    with atomic_file(path) as draft:
        draft.write_text(page, "utf-8")


def chip_figure(deployment: Deployment, title: str) -> go.Figure:
    """Draw all chips, one below the other, with the host beside them."""
    cores = deployment.placement.cores
    places = np.array([_place(core) for core in cores])
    figure = go.Figure([_unused(len(deployment.placement.cores_per_chip)), _used(cores, places)])
    most = max(deployment.traffic.between.max(), deployment.traffic.from_host.max())
    for source, target in zip(*np.nonzero(deployment.traffic.between), strict=True):
        spikes = float(deployment.traffic.between[source, target])
        figure.add_traces(_flow(places[source], places[target], spikes, most))
    for target in np.flatnonzero(deployment.traffic.from_host):
        spikes = float(deployment.traffic.from_host[target])
        figure.add_traces(_flow(HOST, places[target], spikes, most))
    figure.add_annotation(x=HOST[0], y=HOST[1], text="host", showarrow=False, bgcolor="white")
    figure.update_layout(
        title=title, template="plotly_white", showlegend=False, width=1100,
        height=520 * len(deployment.placement.cores_per_chip),
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x")
    return figure


def _place(core: Core) -> tuple[float, float]:
    """Compute the middle of a core, in its tile of two by two."""
    tile = tile_of(core.number)
    down, right = divmod(core.number % CORES_PER_TILE, 2)
    top = core.chip * (ROWS * PITCH + ROOM)
    return tile.column * PITCH + right, top + tile.row * PITCH + down


def _unused(n_chips: int) -> go.Scatter:
    numbers = range(int(limits.CORES.most))
    places = [_place(Core(chip, number, ())) for chip in range(n_chips) for number in numbers]
    x, y = zip(*places, strict=True)
    marker = {"symbol": "square", "size": 36, "color": UNUSED_COLOR}
    return go.Scatter(x=x, y=y, mode="markers", marker=marker, hoverinfo="skip")


def _used(cores: tuple[Core, ...], places: np.ndarray) -> go.Scatter:
    marker = {
        "symbol": "square", "size": 36, "color": [core.utilisation for core in cores],
        "cmin": 0, "cmax": 1, "colorscale": "YlOrRd",
        "colorbar": {"title": "share used of the<br>scarcest resource", "tickformat": ".0%"},
    }  # fmt: skip
    return go.Scatter(
        x=places[:, 0], y=places[:, 1], mode="markers+text", marker=marker,
        text=[str(core.number) for core in cores],
        textfont={"color": ["white" if one.utilisation > DARK else "black" for one in cores]},
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
