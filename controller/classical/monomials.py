"""Monomials: products of variables up to a degree."""

import numpy as np


class Monomials:
    """All products of at most ``degree`` variables, a variable several times included.

    In order of degree: 1, the variables, products of two and so on. Of variables whose square is
    a polynomial of the others, such as sines beside cosines, powers can be left out.

    Args:
        n_variables: Number of variables.
        degree: Largest number of factors.
        n_linear: Number of variables, the first ones, that are in no product twice.

    Attributes:
        highest: Largest index of a variable in each monomial, -1 for 1, shape (n_terms,).
        degrees: Number of factors of each monomial, shape (n_terms,).
    """

    def __init__(self, n_variables: int, degree: int, n_linear: int = 0) -> None:
        self._factors: list[tuple[np.ndarray, np.ndarray]] = []
        last = np.array([-1])
        highest = [last]
        for _ in range(degree):
            pairs = [
                (parent, variable)
                for parent, least in enumerate(last.tolist())
                for variable in range(max(least, 0), n_variables)
                if variable != least or variable >= n_linear
            ]
            parents, last = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
            self._factors.append((parents, last))
            highest.append(last)
        self.highest = np.concatenate(highest)
        self.degrees = np.repeat(np.arange(degree + 1), [len(one) for one in highest])

    def __len__(self) -> int:
        return len(self.highest)

    @property
    def n_products(self) -> int:
        """Number of multiplications that all monomials take, each from one of a degree less."""
        return int(np.sum(self.degrees > 1))

    def evaluate(self, variables: np.ndarray) -> np.ndarray:
        """Compute all monomials.

        Args:
            variables: Variables, shape (..., n_variables).

        Returns:
            Shape (..., n_terms).
        """
        blocks = [np.ones((*variables.shape[:-1], 1))]
        for parents, last in self._factors:
            blocks.append(blocks[-1].take(parents, axis=-1) * variables.take(last, axis=-1))
        return np.concatenate(blocks, axis=-1)
