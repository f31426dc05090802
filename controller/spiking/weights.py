"""Weights of the controller's network."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from spikearm.controller.spiking.scaling import Scaling
from spikearm.neural.array_file import check_names

NeuralStage = Literal["rate", "spiking", "loihi"]


@dataclass(frozen=True)
class NetworkWeights:
    """Weights between the neurons of the controller.

    Rates are in Hz; a neuron's input current is in units of its threshold, as Nengo has it.

    Attributes:
        scaling: How physical values map to what the network takes and gives.
        posture: From the joint angles' sines and cosines to the first layer,
            shape (n_features, 2 n_joints).
        velocity: From the joint velocities to the first layer, shape (n_features, n_joints).
        feature_bias: Shape (n_features,).
        hidden: From the first to the second layer, shape (n_code, n_features).
        code_bias: Shape (n_code,).
        latent: From the second layer to the latent code, shape (n_latent, n_code).
        factors: Gain of each product neuron for the latent code, shape (n_products, n_latent).
        command: The same for the command, shape (n_products, 6).
        product_bias: Shape (n_products,).
        friction_velocity: From the joint velocities to the neurons that overcome dry friction,
            shape (n_friction, n_joints); none where nothing rubs.
        friction_command: From the command to these, shape (n_friction, 6).
        friction_bias: Shape (n_friction,).
        readout: For each stage, from all neurons, layer by layer, to the scaled torque,
            shape (n_joints, n_features + n_code + n_products + n_friction).

    Raises:
        ValueError: Arrays are of different networks.
    """

    scaling: Scaling
    posture: np.ndarray
    velocity: np.ndarray
    feature_bias: np.ndarray
    hidden: np.ndarray
    code_bias: np.ndarray
    latent: np.ndarray
    factors: np.ndarray
    command: np.ndarray
    product_bias: np.ndarray
    friction_velocity: np.ndarray
    friction_command: np.ndarray
    friction_bias: np.ndarray
    readout: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        needed = self._shapes()
        for name, array in self.arrays().items():
            shape = needed[name.partition(".")[0] if name.startswith("readout.") else name]
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, but this network needs {shape}")

    @property
    def layers(self) -> tuple[int, int, int, int]:
        """Neurons of the features, of the code, of the products and against friction."""
        biases = self.feature_bias, self.code_bias, self.product_bias, self.friction_bias
        return len(biases[0]), len(biases[1]), len(biases[2]), len(biases[3])

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each array, by the numbers of joints, latent numbers and neurons."""
        joints, latent = len(self.scaling.middle), len(self.latent)
        features, code, products, friction = self.layers
        return {
            "scaling.middle": (joints,),
            "scaling.center": (3 * joints + 6,),
            "scaling.half_range": (3 * joints + 6,),
            "scaling.torque": (joints,),
            "posture": (features, 2 * joints),
            "velocity": (features, joints),
            "feature_bias": (features,),
            "hidden": (code, features),
            "code_bias": (code,),
            "latent": (latent, code),
            "factors": (products, latent),
            "command": (products, 6),
            "product_bias": (products,),
            "friction_velocity": (friction, joints),
            "friction_command": (friction, 6),
            "friction_bias": (friction,),
            "readout": (joints, sum(self.layers)),
        }

    def with_readout(self, stage: NeuralStage, readout: np.ndarray) -> "NetworkWeights":
        """Return the same weights with a stage's readout replaced."""
        return replace(self, readout={**self.readout, stage: readout})

    def arrays(self) -> dict[str, np.ndarray]:
        """List everything by name, as :meth:`from_arrays` takes it."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        scaling, readout = own.pop("scaling"), own.pop("readout")
        own |= {f"scaling.{field.name}": getattr(scaling, field.name) for field in fields(scaling)}
        return own | {f"readout.{stage}": weights for stage, weights in readout.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "NetworkWeights":
        """Rebuild the weights from what :meth:`arrays` gave.

        Raises:
            ValueError: An array is missing, or they are of different networks.
            KeyError, TypeError: There is one that no network has.
        """
        groups: dict[str, dict[str, np.ndarray]] = {"": {}, "scaling": {}, "readout": {}}
        for name, array in arrays.items():
            group, _, own = name.rpartition(".")
            groups[group][own] = array
        check_names(groups["scaling"], {field.name for field in fields(Scaling)})
        check_names(groups[""], {field.name for field in fields(cls)} - {"scaling", "readout"})
        scaling = Scaling(**groups["scaling"])
        return cls(scaling=scaling, readout=groups["readout"], **groups[""])
