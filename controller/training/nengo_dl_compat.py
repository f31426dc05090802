"""nengo-dl on the current stack: the only module that imports it.

nengo-dl 3.6 dates from 2023 and is written for Keras 2, four names of which it looks up
in places that Keras 3 no longer has. Keras 2 lives on as ``tf_keras``; the four names are
put where nengo-dl looks for them, before it is imported.
``tests/controller/training/test_nengo_dl_compat.py`` fails when a release of nengo-dl makes this
module unnecessary.
"""

import os
import sys
import warnings
from types import ModuleType

from spikearm.arm_models import SpikearmError

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")  # read when TensorFlow is imported
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

try:
    import tensorflow as tf
    import tf_keras
    from tf_keras.src.engine import functional
    from tf_keras.src.layers.normalization.batch_normalization import BatchNormalization
    from tf_keras.src.layers.normalization.batch_normalization_v1 import (
        BatchNormalization as BatchNormalizationV1,
    )
except ImportError as error:
    raise SpikearmError(
        f"Training needs {error.name}, which is not installed. Install the extra: "
        "pip install 'spikearm[train]'."
    ) from error

MIN_TENSORFLOW = (2, 16)  # before it, Keras 2 is what TensorFlow brings along


def _module(name: str, **names: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(names)
    return module


def _keras_2() -> dict[str, ModuleType]:
    """Make stand-ins for the modules that nengo-dl imports names of Keras 2 from."""
    layers = _module(
        "keras.layers",
        BatchNormalizationV1=BatchNormalizationV1,
        BatchNormalizationV2=BatchNormalization,
    )
    names = {"Functional": functional.Functional, "_build_map": functional._build_map}
    engine = _module("keras.engine", functional=_module("keras.engine.functional", **names))
    return {
        "keras": _module("keras", engine=engine, layers=layers),
        "keras.engine": engine,
        "keras.engine.functional": engine.functional,
        "keras.layers": layers,
    }


_stand_ins = _keras_2()
_kept = {name: sys.modules.get(name) for name in _stand_ins}
sys.modules.update(_stand_ins)
try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nengo_dl
finally:
    for _name, _was in _kept.items():
        if _was is None:
            sys.modules.pop(_name, None)
        else:
            sys.modules[_name] = _was

__all__ = ["nengo_dl", "tf", "tf_keras"]
