"""Export of a controller as a graph of the Neuromorphic Intermediate Representation (NIR).

NIR is described by Pedersen et al. 2024 ("Neuromorphic intermediate representation: a unified
instruction set for interoperable brain-inspired computing", Nature Communications 15, 8122).
Its limits for a controller are listed in ``docs/export.md``.
"""

from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.spiking.saturation_backup import BackupLayer, SaturationBackup
from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.weights.membrane import LEAKY, Membrane
from spikearm.controller.weights.network_weights import NetworkWeights

NIR_STEP = 1e-4  # s; the default of importers, and fine for LIF neurons


def load_nir() -> ModuleType:
    """Import the package ``nir``.

    Raises:
        SpikearmError: The package is not installed.
    """
    try:
        import nir
    except ImportError as error:
        raise SpikearmError(
            "Writing NIR takes the package nir, which is not installed here: "
            "pip install 'spikearm[export]'."
        ) from error
    return nir


def nir_graph(
    weights: NetworkWeights,
    backup: SaturationBackup,
    filters: Filters = Filters(),
    dt: float = NIR_STEP,
) -> Any:
    """Build the graph of the stage ``spiking``.

    It leads from the scaled inputs, as one vector with the excess that the saturation backup takes
    over behind them, to the joint torques [N m]. The node ``latent_code`` has the latent code as
    its output.

    Args:
        weights: Weights of the network.
        backup: Saturation backup of the stage, which runs in the same network.
        filters: Time constants.
        dt: Step of the simulator that is to run it [s]. A spike is a 1 that lasts for a step, so
            weights that spikes reach are divided by it.

    Raises:
        SpikearmError: The package ``nir`` is not installed.
    """
    nir = load_nir()
    n_features, n_code, n_products, n_friction = weights.layers
    tau, layer = filters.layer_tau, backup.layer
    n_scaled, n_excess = len(weights.scaling.center), layer.encoders.shape[1]

    def read(scaled: np.ndarray) -> np.ndarray:
        """Append weights of zero for the excess, which other neurons do not see."""
        return np.hstack([scaled, np.zeros((len(scaled), n_excess))])

    nodes = {
        "input": nir.Input(input_type={"input": np.array([n_scaled + n_excess])}),
        "state_weights": _affine(nir, read(_state_weights(weights)), weights.feature_bias),
        "feature_neurons": _neurons(nir, weights.membrane, n_features),
        "hidden_weights": _affine(nir, weights.hidden / dt, weights.code_bias),
        "hidden_synapse": _lowpass(nir, n_code, tau),
        "code_neurons": _neurons(nir, weights.membrane, n_code),
        "latent_weights": _linear(nir, weights.latent / dt),
        "latent_code": _lowpass(nir, len(weights.latent), tau),
        "factor_weights": _affine(nir, weights.factors, weights.product_bias),
        "command_weights": _linear(nir, read(_command_weights(weights))),
        "product_neurons": _neurons(nir, weights.membrane, n_products),
        **_readouts(nir, weights, dt),
        "excess_weights": _affine(nir, _excess_weights(layer, n_scaled), layer.bias),
        "backup_neurons": _neurons(nir, LEAKY, len(layer.bias)),
        "backup_readout": _linear(nir, layer.readout / dt),
        "torque": _lowpass(nir, len(weights.scaling.torque), filters.torque_tau),
        "output": nir.Output(output_type={"output": np.array([len(weights.scaling.torque)])}),
    }
    paths = [
        ("input", "state_weights", "feature_neurons", "hidden_weights", "hidden_synapse",
         "code_neurons", "latent_weights", "latent_code", "factor_weights", "product_neurons",
         "product_readout", "torque", "output"),
        ("input", "command_weights", "product_neurons"),
        ("feature_neurons", "feature_readout", "torque"),
        ("code_neurons", "code_readout", "torque"),
        ("input", "excess_weights", "backup_neurons", "backup_readout", "torque"),
    ]  # fmt: skip
    if n_friction:
        nodes["speed_weights"] = _affine(nir, read(_speed_weights(weights)), weights.friction_bias)
        nodes["friction_neurons"] = _neurons(nir, LEAKY, n_friction)
        paths.append(("input", "speed_weights", "friction_neurons", "friction_readout", "torque"))
    edges = [edge for path in paths for edge in pairwise(path)]
    return nir.NIRGraph(nodes, edges, metadata=_metadata(weights, dt))


def _state_weights(weights: NetworkWeights) -> np.ndarray:
    """Build the first layer's weights for all inputs, those of the command zero."""
    none = np.zeros((len(weights.feature_bias), weights.command.shape[1]))
    return np.hstack([weights.posture, weights.velocity, none])


def _command_weights(weights: NetworkWeights) -> np.ndarray:
    """Build the products' weights for all inputs, those of the state zero."""
    n_state = weights.posture.shape[1] + weights.velocity.shape[1]
    return np.hstack([np.zeros((len(weights.command), n_state)), weights.command])


def _speed_weights(weights: NetworkWeights) -> np.ndarray:
    """Build the weights of the neurons against friction for all inputs, those of posture zero."""
    none = np.zeros((len(weights.friction_bias), weights.posture.shape[1]))
    return np.hstack([none, weights.friction_velocity, weights.friction_command])


def _excess_weights(layer: BackupLayer, n_scaled: int) -> np.ndarray:
    """Build the backup's weights for all inputs, those of state and command zero."""
    weights = layer.gain[:, None] * layer.encoders
    return np.hstack([np.zeros((len(weights), n_scaled)), weights])


def _readouts(nir: ModuleType, weights: NetworkWeights, dt: float) -> dict[str, Any]:
    """Split the readout by layers."""
    torque = weights.readout["spiking"] * weights.scaling.torque[:, None] / dt
    parts = np.split(torque, np.cumsum(weights.layers)[:-1], axis=1)
    names = ("feature_readout", "code_readout", "product_readout", "friction_readout")
    return {
        name: _linear(nir, part) for name, part in zip(names, parts, strict=True) if part.shape[1]
    }


def _metadata(weights: NetworkWeights, dt: float) -> dict[str, Any]:
    """Build the metadata: the step, and the scaling of inputs."""
    scaling = weights.scaling
    return {
        "dt": dt,
        "input_middle": scaling.middle,
        "input_center": scaling.center,
        "input_half_range": scaling.half_range,
    }


def _affine(nir: ModuleType, weight: np.ndarray, bias: np.ndarray) -> Any:
    return nir.Affine(weight=_single(weight), bias=_single(bias))


def _linear(nir: ModuleType, weight: np.ndarray) -> Any:
    return nir.Linear(weight=_single(weight))


def _neurons(nir: ModuleType, membrane: Membrane, n: int) -> Any:
    one, zero = np.ones(n, dtype=np.float32), np.zeros(n, dtype=np.float32)
    if not membrane.leaks:
        return nir.IF(r=one, v_threshold=one, v_reset=zero)
    tau = _single(np.full(n, membrane.tau_rc))
    return nir.LIF(tau=tau, r=one, v_leak=zero, v_threshold=one, v_reset=zero)


def _lowpass(nir: ModuleType, n: int, tau: float) -> Any:
    one, zero = np.ones(n, dtype=np.float32), np.zeros(n, dtype=np.float32)
    return nir.LI(tau=_single(np.full(n, tau)), r=one, v_leak=zero)


def _single(array: np.ndarray) -> np.ndarray:
    """Convert an array to single precision, which importers that use torch expect."""
    return np.asarray(array, dtype=np.float32)
