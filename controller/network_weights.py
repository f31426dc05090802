"""All numbers of the controller's network."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from controller.port import Scaling

NeuralStage = Literal["rate", "spiking", "loihi"]


@dataclass(frozen=True)
class NetworkWeights:
    """What the neurons of the controller are connected with.

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
        ValueError: A readout is of another network.
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
        needed = (self.velocity.shape[1], sum(self.layers))
        for stage, readout in self.readout.items():
            if readout.shape != needed:
                raise ValueError(
                    f"the readout of stage {stage} has shape {readout.shape}, but this network "
                    f"needs {needed}"
                )

    @property
    def layers(self) -> tuple[int, int, int, int]:
        """Neurons of the features, of the code, of the products and against friction."""
        biases = self.feature_bias, self.code_bias, self.product_bias, self.friction_bias
        return len(biases[0]), len(biases[1]), len(biases[2]), len(biases[3])

    def with_readout(self, stage: NeuralStage, readout: np.ndarray) -> "NetworkWeights":
        """Give the same weights with a stage's readout replaced."""
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
            KeyError: An array is missing.
        """
        groups: dict[str, dict[str, np.ndarray]] = {"": {}, "scaling": {}, "readout": {}}
        for name, array in arrays.items():
            group, _, own = name.rpartition(".")
            groups[group][own] = array
        scaling = Scaling(**groups["scaling"])
        return cls(scaling=scaling, readout=groups["readout"], **groups[""])
