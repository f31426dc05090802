"""nengo-loihi on the current stack: the only module that imports it.

nengo-loihi 1.1 dates from 2022. It fails on numpy 2, where two of its modules ask for
``np.array(..., copy=False)`` in the old sense of "copy only if needed", and it loads
TensorFlow for training features that are not used here. Both are corrected while it is
imported; ``tests/loihi_deploy/test_nengo_loihi_compat.py`` fails when a release of
nengo-loihi makes this module unnecessary.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
from nengo.exceptions import BuildError

from spikearm.loihi_deploy.split_weights import split_weights

TRAINING_MODULES = ("tensorflow", "nengo_dl", "nengo_extras")
NUMPY_1_MODULES = ("nengo_loihi.block", "nengo_loihi.neurons")


class CopyIfNeededNumpy(ModuleType):
    """Module numpy, with ``array(copy=False)`` meaning "copy only if needed"."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def array(*args: Any, copy: bool | None = True, **kwargs: Any) -> np.ndarray:
        """Call ``np.array``, with ``copy=False`` in numpy 1's sense."""
        return np.array(*args, copy=copy or None, **kwargs)


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    kept = {name: sys.modules.get(name) for name in names}
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]  None blocks an import
    try:
        yield
    finally:
        for name, module in kept.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


with _hidden(*TRAINING_MODULES), warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=".*has not been tested with your `nengo`")
    import nengo_loihi
    from nengo_loihi.block import SynapseConfig
    from nengo_loihi.builder import split_blocks
    from nengo_loihi.builder.builder import Model, ValidationLevel
    from nengo_loihi.builder.discretize import (
        BIAS_MAX,
        LEARN_FRAC,
        Q_BITS,
        U_BITS,
        VTH_MAX,
        bias_to_manexp,
        decay_int,
        discretize_model,
        learn_overflow_bits,
        scale_pes_errors,
        vth_to_manexp,
    )
    from nengo_loihi.builder.inputs import HostReceiveProcess, HostSendProcess
    from nengo_loihi.builder.validate import validate_model
    from nengo_loihi.decode_neurons import OnOffDecodeNeurons
    from nengo_loihi.emulator.interface import EmulatorInterface
    from nengo_loihi.hardware.allocators import (
        Allocator,
        Greedy,
        GreedyInterchip,
        core_compartment_cfgs,
        core_stdp_pre_cfgs,
        core_vth_cfgs,
    )
    from nengo_loihi.hardware.nxsdk_objects import Board
    from nengo_loihi.probe import LoihiProbe, ProbeFilter
    from nengo_loihi.simulator import SimulationData, StepRunner

for _name in NUMPY_1_MODULES:
    sys.modules[_name].np = CopyIfNeededNumpy("numpy")  # type: ignore[attr-defined]

SPLIT_WEIGHTS = split_blocks.set_new_synapse_weights
"""nengo-loihi's own function, which takes a tenth of the time until the first torque."""
split_blocks.set_new_synapse_weights = partial(split_weights, SPLIT_WEIGHTS)


@contextmanager
def without_known_warnings() -> Iterator[None]:
    """Silence warnings that are harmless, or that the emulator gives of every network.

    One is of small weights that lose bits beside large ones of their block; see
    :func:`spikearm.loihi_deploy.discretisation.quantisation.quantisation_errors`.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Lost .* extra bits in weight rounding")
        warnings.filterwarnings("ignore", message="invalid value encountered in cast")
        warnings.filterwarnings("ignore", message="Model is precomputable")
        yield


def check_nxsdk() -> None:
    """Check that nengo-loihi finds NxSDK, through which it reaches a board.

    Raises:
        ImportError: It is missing, or older than nengo-loihi needs.
    """
    nengo_loihi.hardware.HardwareInterface.check_nxsdk_version()


class UnvalidatedModel(Model):
    """Model whose blocks may be larger than the chip, for a preflight."""

    def __init__(self) -> None:
        super().__init__()
        self.validation_level = ValidationLevel.NONE

    def build(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Build an object.

        Raises:
            BuildError: Nothing of the whole network is to run on the chip.
        """
        built = super().build(obj, *args, **kwargs)
        if obj is self.toplevel and not self.blocks:
            raise BuildError("No ensemble of this network is to run on the chip.")
        return built


__all__ = [
    "BIAS_MAX",
    "LEARN_FRAC",
    "Q_BITS",
    "U_BITS",
    "VTH_MAX",
    "Allocator",
    "Board",
    "EmulatorInterface",
    "Greedy",
    "GreedyInterchip",
    "HostReceiveProcess",
    "HostSendProcess",
    "LoihiProbe",
    "Model",
    "OnOffDecodeNeurons",
    "ProbeFilter",
    "SimulationData",
    "StepRunner",
    "SynapseConfig",
    "UnvalidatedModel",
    "ValidationLevel",
    "bias_to_manexp",
    "check_nxsdk",
    "core_compartment_cfgs",
    "core_stdp_pre_cfgs",
    "core_vth_cfgs",
    "decay_int",
    "discretize_model",
    "learn_overflow_bits",
    "nengo_loihi",
    "scale_pes_errors",
    "validate_model",
    "vth_to_manexp",
    "without_known_warnings",
]
