r"""Picture docs/pareto.png: deviation of the hand against the energy of a control step.

Bench the controllers, account for their energy, and draw both. Further runs may have other gains.

.venv/bin/spikearm bench --controllers analytic polynomial-2 loihi --duration 1 --no-speed-limits \
    --out runs/gen3
.venv/bin/spikearm energy --no-speed-limits --log runs/energy.jsonl
.venv/bin/python scripts/pareto_figure.py runs/energy.jsonl runs/gen3
"""

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spikearm.experiments.palette import controller_color
from spikearm.experiments.studies.energy.jobs import ARM, LAW, LOIHI, SPIKES
from spikearm.experiments.studies.energy.log import last_entry, part_energies
from spikearm.loihi_deploy.energy.devices import STATIC

LEAST, ON_ARM = "least", "on an ARM"
PICTURE = Path(__file__).parent.parent / "docs" / "pareto.png"
JOBS = {"analytic": LAW}  # controllers whose job has another name
MARKERS = "osD^v"  # one for each run


def main(log: Path, runs: list[Path]) -> None:
    """Draw every controller of the runs that has an energy, on Loihi or on an ARM."""
    entry = last_entry(log)
    figure = Figure(figsize=(9.5, 4.8), layout="constrained")
    axes = figure.subplots()
    for run, marker in zip(runs, MARKERS[: len(runs)], strict=True):
        for row in json.loads((run / "summary.json").read_text())["rows"]:
            assert row["arm"] == entry["arm"], "The log is of another arm than the run."
            if points := energies(row, entry["accounts"]):
                draw(axes, row, points, marker)
    axes.set(
        xscale="log", xlabel="energy of a control step [J]: ARM modelled, Loihi estimated",
        yscale="log", ylabel="distance from the ideal path, rms [mm]",
    )  # fmt: skip
    axes.grid(alpha=0.3)
    axes.margins(0.15, 0.12)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(PICTURE, dpi=150)


def draw(axes: Axes, row: dict[str, Any], points: dict[str, float], marker: str) -> None:
    """Draw a controller at each of its energies, which belong together."""
    deviation, color = 1e3 * row["position_rmse_m"], controller_color(row["controller"])
    label = f"{row['controller']}, kp {row['kp']:g}"
    if row["cores"] is not None:
        label += f", {row['cores']} cores, {1e6 * row['chip_step_time_mean_s']:.0f} µs a step"
    axes.plot(list(points.values()), [deviation] * len(points), marker, ls="-", color=color,
              alpha=0.8, label=label)  # fmt: skip
    for remark, energy in points.items():
        if remark != ON_ARM:
            side = "right" if remark == LEAST else "left"
            axes.annotate(remark, (energy, deviation), (0, 6), textcoords="offset points", ha=side,
                          fontsize=7)  # fmt: skip


def energies(row: dict[str, Any], accounts: list[dict[str, Any]]) -> dict[str, float]:
    """Find the energies of a controller's step [J]: those on Loihi, or that on an ARM.

    Those on Loihi are the row's, dynamic by both lists of prices, then with the chip's leakage.
    """
    job = JOBS.get(row["controller"], row["controller"])
    found = {(one["device"], one["job"]): part_energies(one) for one in accounts}
    if row["cores"] is None:
        return {ON_ARM: sum(found[ARM, job].values())} if (ARM, job) in found else {}
    dynamic, static = row["energy_per_step_j"], found[LOIHI, SPIKES][STATIC]
    return {
        LEAST: dynamic["loihi"],
        "calibrated": dynamic["loihi_calibrated"],
        "least, and leakage": dynamic["loihi"] + static,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
