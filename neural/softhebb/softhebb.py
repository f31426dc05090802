"""SoftHebb: a soft winner-take-all layer that learns the hidden causes of its inputs."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.special import softmax

from spikearm.arm_models.errors import (
    SpikearmError,
    check_count,
    check_not_negative,
    check_positive,
)
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.unit_norm import unit_norm

MOST = 10**6
"""Largest number of epochs, and of inputs in a batch."""

Competition = Literal["soft", "hard", "anti-hebbian"]


@dataclass(frozen=True)
class SoftHebb:
    """Layer of neurons that compete, and learn one hidden cause of the inputs each, unlabelled.

    With inputs ``x`` of unit length, activations are ``u = W x``. The output is the posterior
    probability of the causes, ``y = softmax(beta u + b)``, and ``exp(b)`` are their priors. Each
    input changes weights by what is present at the synapse and its neuron:

    ``dw_k = eta y_k (x - u_k w_k)`` and ``db_k = eta_b exp(-b_k) (y_k - exp(b_k))``

    (Moraitis, Toichkin, Journé, Chua and Guo 2022). The rule is at rest where weights have unit
    length and the direction of ``E[y_k x]``, and where priors are ``E[y_k]``: of causes that are
    von Mises-Fisher distributions of concentration ``beta``, that is the true posterior.

    Attributes:
        n_neurons: Number of neurons.
        beta: Inverse temperature of the competition.
        learning_rate: ``eta``, of weights; the fewer the neurons, and the more inputs of a batch
            each wins, the smaller it has to be.
        bias_rate: ``eta_b``, of log priors; 0 leaves all causes equally probable.
        norm_power: Exponent ``p`` of a factor ``| |w_k| - 1 |^p`` of each neuron's learning rate,
            by which a neuron learns less the nearer it is to unit length (Journé et al. 2023);
            0 for a constant rate.
        initial_norm: Length of weights before learning. If it is well above 1, neurons that have
            learned shrink, others win next, and none stays unused.
        nonnegative: True for initial weights that are not negative, for inputs such as pixels.
        competition: ``soft``: each neuron learns in proportion to its posterior; ``hard``: the
            winner alone has an output and learns; ``anti-hebbian``: the winner learns as in
            ``soft``, and the others with the opposite sign.

    Raises:
        SpikearmError: A number is out of range, or the competition is unknown.
    """

    n_neurons: int
    beta: float
    learning_rate: float = 0.03
    bias_rate: float = 0.0
    norm_power: float = 0.0
    initial_norm: float = 5.0
    nonnegative: bool = False
    competition: Competition = "soft"

    def __post_init__(self) -> None:
        check_positive(self, "n_neurons", "beta", "learning_rate", "initial_norm")
        check_not_negative(self, "bias_rate", "norm_power")
        if self.competition not in get_args(Competition):
            raise SpikearmError(
                f"competition {self.competition!r} is not known: choose one of "
                f"{', '.join(get_args(Competition))}."
            )

    def initial_state(self, n_inputs: int, rng: np.random.Generator) -> SoftHebbState:
        """Draw weights of random directions, and make all causes equally probable."""
        weights = rng.normal(size=(self.n_neurons, n_inputs))
        if self.nonnegative:
            weights = np.abs(weights)
        log_priors = np.full(self.n_neurons, -np.log(self.n_neurons))
        return SoftHebbState(self.initial_norm * unit_norm(weights), log_priors)

    def posterior(self, state: SoftHebbState, inputs: np.ndarray) -> np.ndarray:
        """Compute the posterior of the causes, of the winner alone if the competition is hard.

        Args:
            state: Weights and log priors.
            inputs: Inputs of unit length, shape (..., n_inputs).

        Returns:
            Posterior, shape (..., n_neurons).
        """
        return self._compete(_activation(state, inputs), state.log_priors)

    def update(self, state: SoftHebbState, inputs: np.ndarray, share: float = 1.0) -> SoftHebbState:
        """Return the state after one input or several.

        The changes by several inputs, all computed with the state before, are added up: a batch
        is as good as its inputs one by one as long as each changes little.

        Args:
            state: Weights and log priors.
            inputs: Inputs of unit length, shape (n_inputs,) or (n_samples, n_inputs).
            share: Factor of both rates.
        """
        x, w, b = np.atleast_2d(inputs), state.weights, state.log_priors
        u = _activation(state, x)  # (n_samples, n_neurons)
        y = self._compete(u, b)
        signed = self._signed(y)
        rates = share * self.learning_rate * np.abs(state.norms - 1.0) ** self.norm_power
        dw = rates[:, None] * (signed.T @ x - np.sum(signed * u, axis=0)[:, None] * w)
        db = share * self.bias_rate * (np.exp(-b) * y.sum(axis=0) - len(x))
        return SoftHebbState(w + dw, b + db)

    def learn(
        self,
        state: SoftHebbState,
        inputs: np.ndarray,
        rng: np.random.Generator,
        epochs: int = 1,
        batch: int = 32,
        decay: bool = False,
    ) -> SoftHebbState:
        """Return the state after inputs in random order.

        Args:
            state: Weights and log priors.
            inputs: Inputs of unit length, shape (n_samples, n_inputs).
            rng: Generator of their order.
            epochs: Number of times that each is learned from.
            batch: Number of inputs whose changes are added up.
            decay: True for rates that fall to zero, in a straight line.

        Raises:
            SpikearmError: Weights grew without bound, or a number is out of range.
        """
        check_count(epochs, "epochs", MOST)
        check_count(batch, "inputs in a batch", MOST)
        order = np.concatenate([rng.permutation(len(inputs)) for _ in range(epochs)])
        starts = range(0, len(order), batch)
        for start in starts:
            share = 1.0 - start / len(order) if decay else 1.0
            state = self.update(state, inputs[order[start : start + batch]], share)
        if not (np.isfinite(state.weights).all() and np.isfinite(state.log_priors).all()):
            raise SpikearmError(
                f"Weights grew without bound at learning_rate {self.learning_rate:g}, bias_rate "
                f"{self.bias_rate:g} and batches of {batch}. Choose a smaller rate or batch."
            )
        return state

    def generate(self, state: SoftHebbState, posterior: np.ndarray) -> np.ndarray:
        """Compute the inputs that causes stand for: a cause's own, or one between several.

        Args:
            state: Weights and log priors.
            posterior: Probability of each cause, shape (..., n_neurons).

        Returns:
            Inputs of unit length, shape (..., n_inputs).
        """
        return unit_norm(np.asarray(posterior) @ state.weights)

    def _compete(self, activation: np.ndarray, log_priors: np.ndarray) -> np.ndarray:
        evidence = self.beta * activation + log_priors
        if self.competition == "hard":
            return np.eye(self.n_neurons)[evidence.argmax(axis=-1)]
        return softmax(evidence, axis=-1)

    def _signed(self, posterior: np.ndarray) -> np.ndarray:
        """Return what drives learning: the posterior, negative where a neuron unlearns."""
        if self.competition != "anti-hebbian":
            return posterior
        won = posterior == posterior.max(axis=-1, keepdims=True)
        return np.where(won, posterior, -posterior)


def _activation(state: SoftHebbState, inputs: np.ndarray) -> np.ndarray:
    n_inputs = state.weights.shape[1]
    if np.shape(inputs)[-1] != n_inputs:
        raise SpikearmError(
            f"inputs of shape {np.shape(inputs)} do not fit: their last dimension has to be the "
            f"{n_inputs} inputs of each neuron."
        )
    return inputs @ state.weights.T
