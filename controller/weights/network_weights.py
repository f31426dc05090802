"""Weights of the controller's network."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from spikearm.controller.weights.membrane import Membrane, NeuralStage
from spikearm.controller.weights.scaling import Scaling
from spikearm.neural.files.array_file import check_names


@dataclass(frozen=True)
class NetworkWeights:
    """Weights between the neurons of the controller.

    Rates are in Hz, and input currents as the membrane has them.

    Attributes:
        scaling: Scaling of the inputs and outputs.
        membrane: Membrane of all neurons but those for friction, which leak.
        posture: Weights from the sines and cosines of joint angles to the first layer,
            shape (n_features, 2 n_joints).
        velocity: Weights from the joint velocities to the first layer,
            shape (n_features, n_joints).
        feature_bias: Biases of the first layer, shape (n_features,).
        hidden: Weights from the first to the second layer, shape (n_code, n_features).
        code_bias: Biases of the second layer, shape (n_code,).
        latent: Decoders of the latent code from the second layer, shape (n_latent, n_code).
        factors: Gain of each product neuron for the latent code, shape (n_products, n_latent).
        command: Gain of each product neuron for the command, shape (n_products, 6).
        product_bias: Biases of the product neurons, shape (n_products,).
        friction_velocity: Weights from the joint velocities to the neurons that compensate dry
            friction, shape (n_friction, n_joints); no rows for joints without it.
        friction_command: Weights from the command to these neurons, shape (n_friction, 6).
        friction_bias: Biases of these neurons, shape (n_friction,).
        readout: Decoders of the scaled torque from all neurons, layer by layer, for each stage,
            shape (n_joints, n_features + n_code + n_products + n_friction).
        rectified: True if the readout of the chip was learned with inputs that send no spike where
            they are zero. False: with nengo-loihi's usual pairs of neurons, which send a spike for
            every input in every step.

    Raises:
        ValueError: Arrays are of different networks.
    """

    scaling: Scaling
    membrane: Membrane
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
    rectified: bool = False

    def __post_init__(self) -> None:
        needed = self._shapes()
        for name, array in self.arrays().items():
            shape = needed[name.partition(".")[0] if name.startswith("readout.") else name]
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, but this network needs {shape}")

    @property
    def layers(self) -> tuple[int, int, int, int]:
        """Numbers of neurons in ``features``, ``code``, ``products`` and ``friction``."""
        biases = self.feature_bias, self.code_bias, self.product_bias, self.friction_bias
        return len(biases[0]), len(biases[1]), len(biases[2]), len(biases[3])

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each array, by the numbers of joints, latent numbers and neurons."""
        joints, latent = len(self.scaling.middle), len(self.latent)
        features, code, products, friction = self.layers
        return {
            "membrane.leak": (),
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
            "rectified": (),
        }

    def with_readout(self, stage: NeuralStage, readout: np.ndarray) -> "NetworkWeights":
        """Return the same weights with a stage's readout replaced."""
        return replace(self, readout={**self.readout, stage: readout})

    def arrays(self) -> dict[str, np.ndarray]:
        """List all arrays by name, as :meth:`from_arrays` takes them."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        readout = own.pop("readout")
        own["rectified"] = np.array(float(self.rectified))
        for group in ("scaling", "membrane"):
            values = vars(own.pop(group))
            own |= {f"{group}.{name}": np.asarray(value) for name, value in values.items()}
        return own | {f"readout.{stage}": weights for stage, weights in readout.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "NetworkWeights":
        """Rebuild the weights from the arrays that :meth:`arrays` returns.

        Raises:
            ValueError: An array is missing, or they are of different networks.
            KeyError, TypeError: An array has an unknown name.
        """
        groups: dict[str, dict[str, np.ndarray]] = {
            "": {}, "scaling": {}, "membrane": {}, "readout": {}
        }  # fmt: skip
        for name, array in arrays.items():
            group, _, own = name.rpartition(".")
            groups[group][own] = array
        check_names(groups["scaling"], {field.name for field in fields(Scaling)})
        check_names(groups["membrane"], {field.name for field in fields(Membrane)})
        check_names(groups[""], {field.name for field in fields(cls)} - set(groups))
        rectified = bool(groups[""].pop("rectified"))
        scaling = Scaling(**groups["scaling"])
        membrane = Membrane(**{name: float(one) for name, one in groups["membrane"].items()})
        return cls(
            scaling=scaling, membrane=membrane, readout=groups["readout"], rectified=rectified,
            **groups[""],
        )  # fmt: skip
