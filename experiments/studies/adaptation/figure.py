"""The picture of what was learned, trial by trial."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spikearm.experiments.report.figures import COLORS
from spikearm.experiments.studies.adaptation.curve import Curve, Phase
from spikearm.experiments.studies.adaptation.table import grouped, remaining
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval

COLUMNS = 3
PANEL = (4.6, 3.2)  # inches
PHASES: dict[Phase, str] = {
    "learning": "", "after": "gone", "second": "another", "again": "again",
}  # fmt: skip
GREY = "#8a8a8a"
FLOOR = 1e-3  # of what is drawn on the logarithmic axis


def draw_learning(curves: Sequence[Curve]) -> Figure:
    """Draw a panel per perturbation, a line per controller, mean and 95 % interval over seeds."""
    names = list(dict.fromkeys(curve.level for curve in curves))
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(PANEL[0] * columns, PANEL[1] * rows + 0.5), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    colors = dict(zip(dict.fromkeys(c.controller for c in curves), COLORS, strict=False))
    for axes, name in zip(panels, names, strict=False):
        _draw_panel(axes, [curve for curve in curves if curve.level == name], colors)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    lines = [line for axes in panels for line in axes.get_lines() if line.get_label() in colors]
    named = {line.get_label(): line for line in reversed(lines)}
    figure.legend(
        [named[name] for name in colors], colors, loc="outside lower center", ncols=len(colors),
        frameon=False,
    )  # fmt: skip
    return figure


def _draw_panel(axes: Axes, curves: Sequence[Curve], colors: Mapping[str, str]) -> None:
    perturbed = curves[0].is_perturbed
    for group in grouped(curves):
        color = colors[group[0].controller]
        start = 0
        for phase in PHASES:
            start = _draw_phase(axes, group, phase, start, color)
        level = group[0].without_learning
        if level is not None:
            axes.axhline(level, color=color, linestyle=":", linewidth=1)
    _name_phases(axes, curves[0])
    axes.set_title(curves[0].level.label if perturbed else "no perturbation", fontsize=10)
    axes.set_xlabel("trial")
    axes.grid(alpha=0.25)
    if perturbed:
        axes.set(yscale="log", ylabel="normalised error", ylim=(5e-3, 3.0))
    else:
        axes.set_ylabel("excess deviation")


def _draw_phase(axes: Axes, group: Sequence[Curve], phase: Phase, start: int, color: str) -> int:
    """Draw the trials that all seeds have; give where the next phase begins."""
    n_trials = min(len(curve.trials(phase)) for curve in group)
    if not n_trials:
        return start
    values = np.array([remaining(curve, phase)[:n_trials] for curve in group])
    intervals = [bootstrap_interval(trial, np.random.default_rng(0)) for trial in values.T]
    low, high = np.array(intervals).T
    floor = FLOOR if group[0].is_perturbed else -np.inf
    trials = start + 1 + np.arange(n_trials)
    label = group[0].controller if phase == "learning" else None
    mean = np.maximum(values.mean(axis=0), floor)
    axes.plot(trials, mean, color=color, label=label, linewidth=1.4)
    axes.fill_between(
        trials, np.maximum(low, floor), np.maximum(high, floor), color=color, alpha=0.2, linewidth=0
    )
    return start + n_trials


def _name_phases(axes: Axes, curve: Curve) -> None:
    start = 0
    for phase, name in PHASES.items():
        if name and curve.trials(phase):
            axes.axvline(start + 0.5, color=GREY, linewidth=0.7)
            axes.annotate(
                f" {name}", (start + 0.5, 0.97), xycoords=("data", "axes fraction"), va="top",
                fontsize=7, color=GREY,
            )  # fmt: skip
        start += len(curve.trials(phase))
