"""Simulation of stage ``loihi`` with other connections."""

import nengo
import numpy as np

from spikearm.loihi_deploy.backends.engine import EngineSimulation


class NeuronToNeuron(EngineSimulation):
    """Simulation with weights from the code's neurons straight to those of the products."""

    def __init__(self, network: nengo.Network) -> None:
        code, products = (network.ensembles[i] for i in (1, 2))
        decoded = next(c for c in network.connections if c.pre is code and c.post is products)
        encoders = np.asarray(products.encoders)
        network.connections.remove(decoded)
        with network:
            nengo.Connection(
                code.neurons, products.neurons, synapse=decoded.synapse,
                transform=encoders @ decoded.solver.values.T,
            )  # fmt: skip
        super().__init__(network)
