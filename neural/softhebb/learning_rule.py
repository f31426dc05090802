"""SoftHebb as a learning rule of Nengo."""

from collections.abc import Callable, Mapping
from typing import Any

import nengo
import numpy as np
from nengo.builder import Builder, Model, Operator, Signal
from nengo.builder.connection import slice_signal
from nengo.builder.operator import Copy
from nengo.connection import LearningRule
from nengo.exceptions import BuildError
from nengo.params import NumberParam
from nengo.synapses import SynapseParam


class SoftHebbRule(nengo.learning_rules.LearningRuleType):
    """Learning rule of connections to softmax neurons, which has no input and needs no error.

    In every step of ``dt`` seconds, with the connection's input ``x``, its weights ``W``,
    activations ``u = W x`` and the neurons' output ``y``:

    ``dW_k = eta dt y_k (x - u_k W_k)`` and ``db_k = eta_b dt exp(-b_k) (y_k - exp(b_k))``

    (Moraitis et al. 2022). Log priors ``b`` start equal and are added to the neurons' currents.
    The connection goes from neurons to those of a
    :func:`~spikearm.neural.softhebb.softmax_neurons.softmax_ensemble`. Without synapses, it learns
    what :class:`~spikearm.neural.softhebb.softhebb.SoftHebb` learns.

    Args:
        learning_rate: ``eta``, of weights [1/s].
        bias_rate: ``eta_b``, of log priors [1/s]; 0 leaves all causes equally probable.
        pre_synapse: Filter of the input that the rule learns from; for spikes, the connection's.
    """

    modifies = "weights"
    probeable = ("delta", "log_priors")

    learning_rate = NumberParam("learning_rate", low=0, readonly=True, default=1.0)
    bias_rate = NumberParam("bias_rate", low=0, readonly=True, default=0.0)
    pre_synapse = SynapseParam("pre_synapse", readonly=True, default=None)

    def __init__(
        self,
        learning_rate: float = 1.0,
        bias_rate: float = 0.0,
        pre_synapse: nengo.synapses.Synapse | float | None = None,
    ) -> None:
        super().__init__(learning_rate, size_in=0)
        self.bias_rate = bias_rate
        self.pre_synapse = pre_synapse


class SimSoftHebb(Operator):
    """Operator that computes the changes of weights and log priors in a step.

    Args:
        x: Signal of the connection's input, shape (n_inputs,).
        y: Signal of the neurons' output, shape (n_neurons,).
        weights: Signal of the connection's weights, shape (n_neurons, n_inputs).
        delta: Signal of the weights' change, which is written.
        log_priors: Signal of the log priors, shape (n_neurons,), which is written.
        rule: Rates.
    """

    def __init__(
        self,
        x: Signal,
        y: Signal,
        weights: Signal,
        delta: Signal,
        log_priors: Signal,
        rule: SoftHebbRule,
    ) -> None:
        super().__init__()
        self.rule = rule
        self.sets = []
        self.incs = []
        self.reads = [x, y, weights]
        self.updates = [delta, log_priors]

    def make_step(
        self, signals: Mapping[Signal, np.ndarray], dt: float, rng: Any
    ) -> Callable[[], None]:
        """Return the function that computes a step."""
        x, y, w = (signals[signal] for signal in self.reads)
        delta, b = (signals[signal] for signal in self.updates)
        eta, eta_b = self.rule.learning_rate * dt, self.rule.bias_rate * dt

        def step_softhebb() -> None:
            delta[...] = eta * y[:, None] * (x - (w @ x)[:, None] * w)
            b[...] += eta_b * np.exp(-b) * (y - np.exp(b))

        return step_softhebb


@Builder.register(SoftHebbRule)
def build_softhebb(model: Model, softhebb: SoftHebbRule, rule: LearningRule) -> None:
    """Build the rule into a model.

    Raises:
        BuildError: The connection does not go from neurons to all neurons of an ensemble.
    """
    connection = rule.connection
    neurons = connection.post_obj
    from_neurons = isinstance(connection.pre_obj, nengo.ensemble.Neurons)
    if not from_neurons or connection.post_slice != slice(None):
        raise BuildError(
            f"{connection} cannot learn by SoftHebbRule: connect the neurons of an ensemble to all "
            "neurons of a softmax_ensemble."
        )
    n_neurons = neurons.size_in
    log_priors = Signal(np.full(n_neurons, -np.log(n_neurons)), name="log priors")
    model.add_op(Copy(log_priors, model.sig[neurons]["in"], inc=True))
    model.sig[rule]["log_priors"] = log_priors
    x = slice_signal(model, model.sig[connection]["in"], connection.pre_slice)
    if softhebb.pre_synapse is not None:
        x = model.build(softhebb.pre_synapse, x, mode="update")
    y, weights = model.sig[neurons]["out"], model.sig[connection]["weights"]
    delta = model.sig[rule]["delta"]
    model.add_op(SimSoftHebb(x, y, weights, delta, log_priors, softhebb))
