"""Picture docs/pareto.png: deviation of the hand against the energy of a control step.

Bench the controllers, account for their energy, and draw both; further runs may have other gains:

.venv/bin/spikearm bench --controllers analytic polynomial-2 loihi --out runs/gen3
.venv/bin/spikearm energy --log runs/energy.jsonl
.venv/bin/python scripts/pareto_figure.py runs/energy.jsonl runs/gen3
"""

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spikearm.experiments.palette import controller_color
from spikearm.experiments.studies.energy.jobs import ARM, CALIBRATED, LAW, LOIHI, SPIKES
from spikearm.loihi_deploy.energy.devices import STATIC

PICTURE = Path(__file__).parent.parent / "docs" / "pareto.png"
JOBS = {"analytic": LAW, "loihi": SPIKES}  # controllers whose job has another name
MARKERS = "osD^v"  # of a run each


def main(log: Path, runs: list[Path]) -> None:
    """Draw every controller of the runs that the log has an account of."""
    accounts = json.loads(log.read_text().splitlines()[-1])["accounts"]
    figure = Figure(figsize=(9.5, 4.8), layout="constrained")
    axes = figure.subplots()
    for run, marker in zip(runs, MARKERS, strict=False):
        for row in json.loads((run / "summary.json").read_text())["rows"]:
            draw(axes, row, energies(accounts, row["controller"]), marker)
    axes.set(
        xscale="log", xlabel="energy of a control step [J]: ARM modelled, Loihi estimated",
        yscale="log", ylabel="distance from the ideal path, rms [mm]",
    )  # fmt: skip
    axes.grid(alpha=0.3)
    axes.margins(0.1, 0.12)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(PICTURE, dpi=150)


def draw(axes: Axes, row: dict[str, Any], points: dict[str, float], marker: str) -> None:
    """Draw a controller at each of its energies, which belong together."""
    deviation, color = 1e3 * row["position_rmse_m"], controller_color(row["controller"])
    label = f"{row['controller']}, kp {row['kp']:g}"
    if row["cores"] is not None:
        label += f", {row['cores']} cores, {1e6 * row['chip_step_time_mean_s']:.0f} µs a step"
    if points:
        axes.plot(list(points.values()), [deviation] * len(points), marker, ls="-", color=color,
                  alpha=0.8, label=label)  # fmt: skip
    for remark, energy in points.items():
        axes.annotate(
            remark, (energy, deviation), (0, 8), textcoords="offset points", ha="center",
            fontsize=7,
        )  # fmt: skip


def energies(accounts: list[dict[str, Any]], controller: str) -> dict[str, float]:
    """Find the energies of a step [J] on an ARM, or on Loihi, and a remark on each.

    Loihi's dynamic energy is by both lists of prices, then with its leakage.
    """
    job = JOBS.get(controller, controller)
    found = {one["device"]: parts(one) for one in accounts if one["job"] == job}
    if job != SPIKES:
        return {"": sum(found[ARM].values())} if ARM in found else {}
    static = found[LOIHI].pop(STATIC)
    found[CALIBRATED].pop(STATIC)
    least, calibrated = (sum(found[name].values()) for name in (LOIHI, CALIBRATED))
    return {"dynamic": least, "": calibrated, "and leakage": least + static}


def parts(account: dict[str, Any]) -> dict[str, float]:
    """Return the energy of every part that has one [J]."""
    return {one["name"]: one["energy"] for one in account["parts"] if one["energy"] is not None}


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
