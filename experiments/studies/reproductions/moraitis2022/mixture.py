"""Mixtures of von Mises-Fisher distributions: inputs whose hidden causes are known."""

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax
from scipy.stats import vonmises_fisher

N_CAUSES, N_INPUTS = 4, 8
CONCENTRATION = 10.0
CENTRES_COSINE = 0.3  # so that causes overlap
PRIORS = (0.4, 0.3, 0.2, 0.1)


@dataclass(frozen=True)
class Mixture:
    """Distribution of inputs of unit length, each of which comes from one hidden cause.

    Attributes:
        centres: Mean direction of each cause, shape (n_causes, n_inputs).
        priors: Probability of each cause, shape (n_causes,).
        concentration: Concentration of all causes.
    """

    centres: np.ndarray
    priors: np.ndarray
    concentration: float = CONCENTRATION

    def sample(self, n_samples: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw inputs, shape (n_samples, n_inputs), and their causes, shape (n_samples,)."""
        causes = rng.choice(len(self.priors), size=n_samples, p=self.priors)
        inputs = np.empty((n_samples, self.centres.shape[1]))
        for cause, centre in enumerate(self.centres):
            of_cause = np.flatnonzero(causes == cause)
            around = vonmises_fisher(centre, self.concentration)
            inputs[of_cause] = around.rvs(len(of_cause), random_state=rng)
        return inputs, causes

    def posterior(self, inputs: np.ndarray) -> np.ndarray:
        """Compute the probability of each cause given the inputs, by Bayes' theorem."""
        evidence = self.concentration * inputs @ self.centres.T + np.log(self.priors)
        return softmax(evidence, axis=-1)


def draw_mixture(rng: np.random.Generator) -> Mixture:
    """Draw a mixture with overlapping causes, all centres at one angle, and unequal priors."""
    axes = np.linalg.qr(rng.normal(size=(N_INPUTS, N_CAUSES + 1)))[0].T
    shared, apart = axes[0], axes[1:]
    centres = np.sqrt(CENTRES_COSINE) * shared + np.sqrt(1.0 - CENTRES_COSINE) * apart
    return Mixture(centres, rng.permutation(PRIORS))
