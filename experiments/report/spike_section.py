"""Spikes of networks: a raster of one motion, and their number over time."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from spikearm.experiments.panels import Panel, Section, blank_figure
from spikearm.experiments.report.series import Series, add_band, thin, thinned_means
from spikearm.neural.spikes import SpikeTrains

MOST_LINES = 300  # of a raster, so that each is thicker than a pixel
MOST_BINS = 450  # of its time
GAP = 14  # lines above each population, for its name
TALL = 480  # px
NOTHING = "rgba(255,255,255,0)"


def spike_section(series: Sequence[Series]) -> Section | None:
    """Draw the spikes of all networks; None without one."""
    neural = [one for one in series if any((t.spikes > 0).any() for t in one.trajectories)]
    if not neural:
        return None
    rasters = [_raster_panel(one) for one in neural if one.spike_trains is not None]
    caption = "Spikes per control step. Line: mean over motions. Band: their range."
    if rasters:
        caption = (
            "First the spikes of every network in its first motion to a target. A line is a neuron "
            "that spikes, in the order of the mean time of its spikes; silent ones are left out. "
            "Then the number of spikes per control step: mean and range over motions."
        )
    return Section("Spikes", caption, [*rasters, Panel(spike_counts(neural), "per control step")])


def spike_counts(series: Sequence[Series]) -> go.Figure:
    """Draw spikes per step over time, mean and range over motions."""
    figure = blank_figure()
    for one in series:
        counts = np.array([thinned_means(t, t.spikes) for t in one.trajectories])
        first = one.trajectories[0]
        add_band(figure, one, thin(first, first.time), counts)
    figure.update_xaxes(title_text="time s")
    return figure.update_yaxes(title_text="spikes", rangemode="tozero")


def _raster_panel(one: Series) -> Panel:
    assert one.spike_trains is not None
    motion, every = one.outward[0], lines_apart(one.spike_trains)
    steps = bin_steps(len(motion.time))
    shown = "all neurons" if every == 1 else f"every {ordinal(every)} neuron"
    title = f"{one.label}: {shown} of those that spike, {1e3 * steps * motion.period:.3g} ms a dot"
    return Panel(raster(one.spike_trains, len(motion.time), motion.period, one.color), title, TALL)


def raster(trains: SpikeTrains, n_steps: int, period: float, color: str) -> go.Figure:
    """Draw the spikes of a motion, neurons grouped by population; silent ones are left out.

    Args:
        trains: Spikes of the motion.
        n_steps: Number of its steps.
        period: Time of a step [s].
        color: Colour of a dot.
    """
    every, width = lines_apart(trains), bin_steps(n_steps)
    time = period * width * (0.5 + np.arange(-(-n_steps // width)))
    figure, first = blank_figure(), GAP
    for index, (name, n_neurons) in enumerate(trains.populations):
        spiking = in_order(trains.by_neuron(index))
        counts = binned(spiking[::every], n_steps, width)
        figure.add_heatmap(
            x=time, y=first + np.arange(len(counts)), z=counts, showscale=False,
            zmin=0, zmax=width, colorscale=_dots(color, width),
            hovertemplate=f"{escape(name)}, %{{x:.3f}} s: %{{z}} spikes<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            text=f"{escape(name)}: {len(spiking):,} of {n_neurons:,} neurons",
            x=0, xref="paper", y=first - 1, xanchor="left", yanchor="bottom", showarrow=False,
            font={"size": 11},
        )  # fmt: skip
        first += len(counts) + GAP
    figure.update_xaxes(title_text="time s", showgrid=False, range=[0, period * n_steps])
    figure.update_yaxes(visible=False, range=[first - GAP, 0])
    return figure.update_layout(margin={"l": 14})


def _dots(color: str, most: int) -> list[tuple[float, str]]:
    """Return the colours of bins from none to the most spikes: nothing, the colour, black."""
    colors = [(0.0, NOTHING), (1 / most, color)]
    return colors if most == 1 else [*colors, (1.0, "black")]


def lines_apart(trains: SpikeTrains) -> int:
    """Choose which of the neurons that spike are drawn: every one, every second and so on."""
    return max(1, -(-len(np.unique(trains.neuron)) // MOST_LINES))


def bin_steps(n_steps: int) -> int:
    """Choose how many steps share a dot."""
    return max(1, -(-n_steps // MOST_BINS))


def in_order(steps: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Order the neurons that spike by the mean time of their spikes."""
    return sorted((one for one in steps if len(one)), key=lambda one: float(one.mean()))


def binned(steps: Sequence[np.ndarray], n_steps: int, width: int) -> np.ndarray:
    """Count the spikes of neurons in bins of time.

    Args:
        steps: Steps in which each neuron spiked.
        n_steps: Number of steps.
        width: Steps in a bin.

    Returns:
        Shape (n_neurons, n_bins), 16-bit.
    """
    n_bins = -(-n_steps // width)
    rows = [np.bincount(one // width, minlength=n_bins) for one in steps]
    return np.array(rows, dtype=np.uint16).reshape(-1, n_bins)


def ordinal(number: int) -> str:
    """Write a number as an ordinal: ``1st``, ``2nd``, ``3rd``, ``11th``."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return f"{number}{endings.get(last, 'th')}"
