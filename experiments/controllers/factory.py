"""Factories of controllers from outside the package, named ``package.module:factory``."""

import importlib
import inspect
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nengo

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.arm_models.errors import sentence
from spikearm.arm_models.loading.profile import file_hash

SEPARATOR = ":"


@dataclass(frozen=True)
class Factory:
    """Function, or class, of an arm's nominal dynamics that returns a controller or a network.

    Attributes:
        name: Name, as ``package.module:factory``.
        function: The function.
        seeded: True if it takes a keyword ``seed``.
    """

    name: str
    function: Callable[..., Any]
    seeded: bool

    def make(self, model: RigidBodyModel, seed: int) -> Any:
        """Call the factory.

        Args:
            model: The arm's nominal dynamics.
            seed: Seed, for a factory that takes one.

        Returns:
            A ``nengo.Network``, or an object with ``torque(state, reference)``.

        Raises:
            SpikearmError: It raised something, or returned something else.
        """
        try:
            made = self.function(model, **({"seed": seed} if self.seeded else {}))
        except Exception as error:
            raise SpikearmError(f"'{self.name}' raised {_blame(error)}.") from error
        if not isinstance(made, nengo.Network) and not callable(getattr(made, "torque", None)):
            raise SpikearmError(
                f"'{self.name}' returned {type(made).__name__}: let it return an object with a "
                "method torque(state, reference), or a nengo.Network."
            )
        return made

    @property
    def source(self) -> dict[str, str | None]:
        """File that defines the factory and the SHA-256 of its content; None where it has none."""
        try:
            file = inspect.getsourcefile(inspect.unwrap(self.function))
        except TypeError:  # of an object that can be called, or a partial function
            file = sys.modules[self.name.partition(SEPARATOR)[0]].__file__
        if file is None or not Path(file).is_file():
            return {"file": None, "sha256": None}
        return {"file": file, "sha256": file_hash(Path(file))}


def load_factory(name: str) -> Factory:
    """Import a factory.

    Modules are looked for in the current folder first, then among those that are installed.

    Args:
        name: Name, as ``package.module:factory``.

    Raises:
        SpikearmError: There is no such module or attribute, the module cannot be imported, or the
            attribute cannot be called with an arm.
    """
    module_name, _, attribute = name.partition(SEPARATOR)
    module = _import(module_name)
    function = getattr(module, attribute, None)
    if not callable(function):
        place = getattr(module, "__file__", None) or module_name
        kind = "is not callable" if hasattr(module, attribute) else "does not exist"
        raise SpikearmError(
            f"'{attribute}' {kind} in {place}. Name a function that takes an arm, as "
            "module:function."
        )
    return Factory(name, function, _takes_seed(name, function))


def _import(name: str) -> Any:
    if not all(part.isidentifier() for part in name.split(".")):
        raise SpikearmError(
            f"'{name}' is no name of a module: write package.module:factory, without .py or "
            "slashes."
        )
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            raise SpikearmError(
                f"There is no module '{error.name}' in the current folder or among the installed "
                "ones."
            ) from error
        raise SpikearmError(f"Module '{name}' cannot be imported: {_blame(error)}.") from error
    except (Exception, SystemExit) as error:
        raise SpikearmError(f"Module '{name}' cannot be imported: {_blame(error)}.") from error


def _takes_seed(name: str, function: Callable[..., Any]) -> bool:
    """Return whether a factory takes a keyword ``seed`` beside the arm.

    Raises:
        SpikearmError: It cannot be called with an arm alone.
    """
    try:
        signature = inspect.signature(function)
    except ValueError:  # some functions in C have none
        return False
    seeded = "seed" in signature.parameters
    try:
        signature.bind(None, **({"seed": 0} if seeded else {}))
    except TypeError as error:
        raise SpikearmError(
            f"'{name}' takes {signature}: let it take an arm alone, or an arm and seed."
        ) from error
    return seeded


def _blame(error: BaseException) -> str:
    """Describe an exception, and the line that raised it."""
    words = sentence(error) if isinstance(error, Exception) else str(error)
    name = type(error).__name__
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = name if words == name else f"{name}: {words}"
    return f"{what} ({Path(frame.filename).name}, line {frame.lineno})"
