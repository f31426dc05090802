"""Picture docs/energy.png, drawn from the last line of the log of `spikearm energy`.

.venv/bin/spikearm energy --arm gen3
.venv/bin/python scripts/energy_figure.py runs/energy.jsonl
"""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spikearm.experiments.energy_units import energy
from spikearm.experiments.palette import controller_color
from spikearm.experiments.studies.energy.jobs import ARM, DENSE, HOST, LAW, LEAN, SPIKES
from spikearm.experiments.studies.energy.log import last_entry, part_energies
from spikearm.loihi_deploy.energy import devices
from spikearm.loihi_deploy.energy.devices import STATIC

PICTURE = Path(__file__).parent.parent / "docs" / "energy.png"
COLORS = {
    SPIKES: "#1f5fa8", DENSE: "#7fa8d1", LAW: "#c8642c", LEAN: "#d98a5c",
    HOST: "#e0b080",
}  # fmt: skip
STATIC_COLOR = "#bbbbbb"


class Kind(NamedTuple):
    """Parts of an account that share a colour of the right panel."""

    parts: tuple[str, ...]
    color: str


KINDS = {
    "synaptic events": Kind((devices.SYNAPSES, devices.INDEXED, devices.SHARED), "#2f7d4f"),
    "neuron updates and spikes": Kind((devices.UPDATES, devices.SPIKES), "#9ccfa9"),
    "learning": Kind((devices.LEARNING,), "#8d6bb0"),
    "messages and hops": Kind(
        (devices.MESSAGES, devices.EAST_WEST, devices.NORTH_SOUTH), "#c8642c"
    ),
    "static": Kind((STATIC,), STATIC_COLOR),
}


def main(log: Path) -> None:
    """Draw the last account in a log."""
    entry = last_entry(log)
    figure = Figure(figsize=(11, 7.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    draw_totals(left, [one for one in entry["accounts"] if is_shown(one)])
    draw_shares(right, [one for one in entry["accounts"] if one["job"] == SPIKES])
    figure.suptitle(f"Energy of a control step: {entry['arm']}")
    figure.savefig(PICTURE, dpi=150)


def is_shown(account: dict[str, Any]) -> bool:
    """Return whether an account has a bar; comparison controllers have one on an ARM alone."""
    return account["job"] in COLORS or account["device"] == ARM


def draw_totals(axes: Axes, accounts: list[dict[str, Any]]) -> None:
    """Draw the total of each account, static power as a bar of its own."""
    first_of = {one["job"]: place for place, one in reversed(list(enumerate(accounts)))}
    for place, one in enumerate(accounts):
        parts, job = part_energies(one), one["job"]
        static = parts.pop(STATIC, None)
        total = sum(parts.values())
        label = job if first_of[job] == place else None
        axes.barh(
            place,
            total,
            0.38 if static else 0.7,
            color=COLORS.get(job) or controller_color(job),
            label=label,
        )
        axes.annotate(f" {energy(total)}", (total, place), va="center", fontsize=8)
        if static:
            label = None if place else "static, published"
            axes.barh(place - 0.42, static, 0.38, color=STATIC_COLOR, label=label)
            axes.annotate(f" {energy(static)}", (static, place - 0.42), va="center", fontsize=8)
    axes.set(xscale="log", xlabel="energy per step [J], logarithmic", xlim=(1e-9, 5e1))
    how = [next(p["label"] for p in one["parts"] if p["energy"]) for one in accounts]
    names = [f"{one['device']}, {label}" for one, label in zip(accounts, how, strict=True)]
    axes.set_yticks(range(len(accounts)), names)
    axes.invert_yaxis()
    axes.legend(loc="upper center", bbox_to_anchor=(0.35, -0.08), ncols=3, fontsize=8)


def draw_shares(axes: Axes, accounts: list[dict[str, Any]]) -> None:
    """Draw the shares of the parts of each account; Loihi once with static power."""
    loihi = accounts[0]
    bars = [("Loihi with static", part_energies(loihi))]
    bars += [(one["device"], part_energies(one) | {STATIC: 0.0}) for one in accounts]
    for place, (_, parts) in enumerate(bars):
        start, total = 0.0, sum(parts.values())
        for name, kind in KINDS.items():
            share = sum(parts.get(part, 0.0) for part in kind.parts) / total
            label = name if place == 0 else None
            axes.barh(place, 100 * share, 0.7, left=start, color=kind.color, label=label)
            start += 100 * share
    axes.set_yticks(range(len(bars)), [name for name, _ in bars])
    axes.set(xlabel="share of a step's energy [%], network, spikes alone", xlim=(0, 100))
    axes.invert_yaxis()
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.1), ncols=3, fontsize=8)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
