"""``spikearm arms``: list the arms."""

from dataclasses import dataclass

from spikearm.arm_models import ARMS, load_arm
from spikearm.experiments.console.console import console
from spikearm.experiments.console.safety import shown_limits
from spikearm.experiments.tables import make_table


@dataclass(frozen=True)
class ArmsCommand:
    """List the arms that ship with spikearm."""

    def execute(self) -> None:
        """Print the table of arms."""
        limits = ("limits N m", "limits rad/s")
        table = make_table(
            "Arms", ("name", "arm", "joints", "mass kg", *limits, "source"),
            left=("name", "arm", *limits, "source"), no_wrap=("name",),
        )  # fmt: skip
        for name, entry in ARMS.items():
            arm = load_arm(name)
            torques, speeds = map(
                shown_limits, (arm.chain.torque_limits, arm.chain.velocity_limits)
            )
            table.add_row(
                name, entry.title, str(arm.chain.n_joints), f"{arm.model.mass:.2f}", torques,
                speeds, entry.source,
            )  # fmt: skip
        console.print(table)
        console.print("Use one with --arm NAME, or any MJCF file with --arm PATH.")
