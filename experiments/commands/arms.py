"""``spikearm arms``: list the arms."""

from dataclasses import dataclass

from spikearm.arm_models import ARMS
from spikearm.arm_models.loading.load_arm import read_figures
from spikearm.controller.weights.shipped_folder import shipped_arms
from spikearm.experiments.console.console import console, print_all
from spikearm.experiments.tables import explain, make_table
from spikearm.experiments.words import counted

HEADINGS = ("name", "arm", "joints", "mass\nkg", "torque\nN m", "speed\nrad/s", "net")
TEXT = ("name", "arm", "net")
MEANINGS = (
    ("mass", "of everything that the first joint moves"),
    ("torque, speed", "limits of the strongest and of the fastest joint"),
    ("net", "a trained spiking network ships for the arm"),
)


@dataclass(frozen=True)
class ArmsCommand:
    """List the arms that ship with spikearm."""

    def execute(self) -> None:
        """Print the table of arms and their sources."""
        trained = shipped_arms()
        console.print(
            f"{counted(len(ARMS), 'arm')} ship with spikearm, and for {len(trained)} of them a "
            "trained spiking controller."
        )
        table = make_table("Arms", HEADINGS, left=TEXT, no_wrap=HEADINGS)
        for name, entry in ARMS.items():
            figures = read_figures(name)
            table.add_row(
                name, entry.title, str(figures.n_joints), f"{figures.mass:.2f}",
                f"{figures.torque_limits.max():.3g}", f"{figures.velocity_limits.max():.3g}",
                "yes" if name in trained else "",
            )  # fmt: skip
        sources = [(name, entry.source) for name, entry in ARMS.items()]
        print_all([table, explain(MEANINGS), "Sources", explain(sources)])
        console.print("Use one with --arm NAME, or any MJCF file with --arm PATH.")
