"""``spikearm arms``: list the arms."""

from dataclasses import dataclass

from spikearm.arm_models import ARMS, load_arm
from spikearm.experiments.console.console import console
from spikearm.experiments.tables import make_table


@dataclass(frozen=True)
class ArmsCommand:
    """List the arms that ship with spikearm."""

    def execute(self) -> None:
        """Print the table of arms."""
        text = ("name", "arm", "moving mass kg", "torque limits N m", "source")
        table = make_table("Arms", (*text[:2], "joints", *text[2:]), left=text)
        for name, entry in ARMS.items():
            arm = load_arm(name)
            limits = " ".join(f"{limit:g}" for limit in arm.chain.torque_limits)
            table.add_row(
                name, entry.title, str(arm.chain.n_joints), f"{arm.model.mass:.2f}", limits,
                entry.source,
            )  # fmt: skip
        console.print(table)
        console.print("Use one with --arm NAME, or any MJCF file with --arm PATH.")
