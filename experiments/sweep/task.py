"""Task of a sweep: one run of one configuration, with a key that is its hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from spikearm.arm_models import ARMS
from spikearm.arm_models.loading.profile import file_hash
from spikearm.experiments.controllers import own_sources
from spikearm.experiments.lookup import find_entry
from spikearm.experiments.sweep.kind import SweptCommand, SweptKind
from spikearm.experiments.sweep.option_files import files_of
from spikearm.experiments.sweep.options import build, values_of

KEY_DIGITS = 20  # of sixteen values each: no two of a million tasks are ever alike


@dataclass(frozen=True)
class SweepTask:
    """Run of a configuration.

    Attributes:
        kind: Kind of the run.
        given: Values of options that the sweep gives; the others have their defaults.
        varied: Names of the options that differ from task to task.

    Raises:
        SpikearmError: There is no such option, controller or arm, or a value is not allowed.
    """

    kind: SweptKind
    given: Mapping[str, Any]
    varied: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.command.check()
        if not Path(self.command.plant.name).suffix:
            find_entry(ARMS, self.command.plant.name, "arm")

    @cached_property
    def command(self) -> SweptCommand:
        """Command with the options of this run."""
        return build(self.kind.command, self.given)

    @cached_property
    def options(self) -> dict[str, Any]:
        """Values of all options, defaults included."""
        return values_of(self.command)

    @cached_property
    def key(self) -> str:
        """Hash of the configuration, defaults included; files count by what is in them."""
        files = files_of(self.kind.command, self.options)
        counted = self.options | {name: file_hash(path) for name, path in files.items()}
        counted["own"] = [one["sha256"] for one in own_sources(self.command.controllers).values()]
        text = json.dumps({"command": self.kind.name, **counted}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]

    @property
    def label(self) -> str:
        """Options that differ from task to task, in a line."""
        return ", ".join(f"{name} = {_shown(self.given[name])}" for name in self.varied)

    def __getstate__(self) -> dict[str, Any]:
        """Return what travels to a worker, which may work in another folder: no command."""
        files = files_of(self.kind.command, self.given)
        given = {**self.given, **{name: str(path.absolute()) for name, path in files.items()}}
        state = {"kind": self.kind, "given": given, "varied": self.varied}
        return state | {"key": self.key, "options": self.options}


def _shown(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)
