"""The commands by name, imported when they are asked for."""

import inspect
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol

NOTEBOOKS = "IPython"


class Command(Protocol):
    """Command of the command line: a dataclass whose fields are its options."""

    def execute(self) -> int | None:
        """Execute the command; return its exit status, or None for success."""
        ...


@contextmanager
def _without_notebooks() -> Iterator[None]:
    """Keep Nengo from loading IPython, where it is installed and nothing has loaded it yet.

    Loading it takes longer than Nengo itself, and a command line shows no notebooks.
    """
    if NOTEBOOKS in sys.modules:
        yield
        return
    sys.modules[NOTEBOOKS] = None  # type: ignore[assignment]  blocks the import
    try:
        yield
    finally:
        del sys.modules[NOTEBOOKS]


class Commands(MutableMapping[str, type[Command]]):
    """Commands by name; the list of them is shown without importing those that ship.

    Args:
        shipped: First line of the text of each command that ships. ``TrainEyeCommand``, for
            ``train-eye``, is in the module ``train_eye`` in this folder.
    """

    def __init__(self, shipped: Mapping[str, str]) -> None:
        self._entries: dict[str, str | type[Command]] = dict(shipped)

    @property
    def summaries(self) -> dict[str, str]:
        """First line of each command's text."""
        return {
            name: entry if isinstance(entry, str) else (inspect.getdoc(entry) or "").split("\n")[0]
            for name, entry in self._entries.items()
        }

    def __getitem__(self, name: str) -> type[Command]:
        entry = self._entries[name]
        if isinstance(entry, str):
            words = name.split("-")
            with _without_notebooks():
                module = import_module(f"{__package__}.{'_'.join(words)}")
            return getattr(module, "".join(map(str.capitalize, words)) + "Command")
        return entry

    def __setitem__(self, name: str, command: type[Command]) -> None:
        self._entries[name] = command

    def __delitem__(self, name: str) -> None:
        del self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


COMMANDS = Commands({
    "arms": "List the arms that ship with spikearm.",
    "run": "Move one arm with one controller, and look at it.",
    "onboard": "Bring an arm of your own, from its model file to results.",
    "bench": "Measure controllers side by side.",
    "adapt": "Learn what a controller was not told: a load, friction, gravity.",
    "stress": "Stress controllers by growing perturbations until they break.",
    "see": "See how well an eye of spikes finds a target in new scenes.",
    "sweep": "Run a grid of configurations, on many processes or machines.",
    "verify": "Run a random part of a submitted benchmark again, and compare.",
    "record": "Write the motions of a run for Rerun, MCAP or ROS 2.",
    "report": "Write one HTML report that compares runs.",
    "train": "Train a spiking controller for an arm, from its model alone.",
    "train-eye": "Train the eye that watches an arm, from scenes that it draws.",
    "export": "Write a trained controller or an eye into a file for other tools.",
    "deploy": "Check a spiking controller against the limits of a Loihi chip.",
    "energy": "Account for the energy of a spiking controller and of alternatives.",
    "reproduce": "Reproduce the experiment of a published work, beside its controls.",
})  # fmt: skip
"""Commands by name."""
