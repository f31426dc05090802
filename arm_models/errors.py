"""The one exception that means: the input was wrong, and here is what to do."""


class SpikearmError(ValueError):
    """Says in one sentence what was wrong, what is allowed and what to do.

    Raised for every kind of bad input; the command line prints its text and
    leaves with exit status 2.
    """
