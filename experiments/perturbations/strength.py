"""Strengths of perturbations, as the command line names them."""

from spikearm.arm_models import SpikearmError


def read_strength(word: str, factor: float, example: float) -> float | None:
    """Read the strength that may follow a name, as in ``name=strength``.

    Args:
        word: Name, or name and strength.
        factor: Factor from the strength's SI unit to the unit that it is given in.
        example: Strength that a refusal names [SI].

    Returns:
        Strength [SI]; None for a name alone.

    Raises:
        SpikearmError: What follows is no number.
    """
    name, given, number = word.partition("=")
    if not given:
        return None
    try:
        return float(number) / factor
    except ValueError as error:
        raise SpikearmError(
            f"'{word}' names no strength: give a number, such as {name}={factor * example:g}."
        ) from error
