"""The model file that a name stands for."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from spikearm.arm_models.errors import SpikearmError, sentence
from spikearm.arm_models.registry import ARMS

PACKAGE = "robot_descriptions"
ENDING = "_description"  # of the names of its modules


def model_file(source: str | Path) -> Path:
    """Return the model file of an arm.

    Args:
        source: Name of a shipped arm, path of a file, or name of a description in the package
            ``robot_descriptions``, which fetches its files when they are first asked for.

    Raises:
        SpikearmError: There is no such arm or file, or the description cannot be had.
    """
    if (known := ARMS.get(str(source))) is not None:
        return known.mjcf
    path = Path(source)
    if path.is_file():
        return path
    if path.name == str(source) and path.name.endswith(ENDING):
        return _described(path.name)
    raise SpikearmError(
        f"'{path}' is neither a shipped arm nor a model file that exists. "
        f"Shipped arms: {', '.join(ARMS)}."
    )


def _described(name: str) -> Path:
    if find_spec(PACKAGE) is None:
        raise SpikearmError(
            f"'{name}' is no file, and looks like a name of the package {PACKAGE}, which is not "
            f"installed: pip install {PACKAGE}"
        )
    try:
        module = import_module(f"{PACKAGE}.{name}")
    except ModuleNotFoundError as error:
        raise SpikearmError(f"The package {PACKAGE} has no '{name}'.") from error
    except Exception as error:  # git and the network fail in many ways
        raise SpikearmError(f"{PACKAGE} cannot fetch '{name}': {sentence(error)}.") from error
    path = getattr(module, "MJCF_PATH", None) or getattr(module, "URDF_PATH", None)
    if path is None or not Path(path).is_file():
        raise SpikearmError(f"'{name}' of {PACKAGE} names no MJCF or URDF file that is there.")
    return Path(path)
