"""The command line: ``spikearm``."""

import sys
from collections.abc import Sequence

from spikearm.experiments.console.headless import choose_renderer

choose_renderer()

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.experiments.commands.adapt import AdaptCommand
from spikearm.experiments.commands.arms import ArmsCommand
from spikearm.experiments.commands.bench import BenchCommand
from spikearm.experiments.commands.deploy import DeployCommand
from spikearm.experiments.commands.energy import EnergyCommand
from spikearm.experiments.commands.export import ExportCommand
from spikearm.experiments.commands.report import ReportCommand
from spikearm.experiments.commands.run import RunCommand
from spikearm.experiments.commands.stress import StressCommand
from spikearm.experiments.commands.train import TrainCommand
from spikearm.experiments.console.console import errors

DESCRIPTION = """Spiking control of robot arms, in closed loop, up to Intel's Loihi.

Start with: spikearm run --arm gen3 --controller spiking --video reach.mp4
"""
COMMANDS = {
    "arms": ArmsCommand,
    "run": RunCommand,
    "bench": BenchCommand,
    "adapt": AdaptCommand,
    "stress": StressCommand,
    "report": ReportCommand,
    "train": TrainCommand,
    "export": ExportCommand,
    "deploy": DeployCommand,
    "energy": EnergyCommand,
}
BAD_INPUT, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status.

    Args:
        arguments: The command line without the program's name; this process's own when
            left out. ``--debug`` anywhere in it shows tracebacks.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    try:
        command = tyro.extras.subcommand_cli_from_dict(
            COMMANDS,
            prog="spikearm",
            description=DESCRIPTION,
            args=[word for word in words if word != "--debug"],
            config=(tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff),
        )
        return command.execute() or 0
    except SpikearmError as error:
        if debug:
            raise
        errors.print(
            f"spikearm: {error}", style="red", highlight=False, markup=False, soft_wrap=True
        )
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
