"""Names of a network's parts as a person calls them."""

import re

from spikearm.neural.spikes import UNLABELLED

UNNAMED = re.compile(r"\(unlabeled\) at 0x[0-9a-f]+")
OBJECT = re.compile(r"<(?:Ensemble|Node|Neurons|Probe) (?:of )?['\"]?([^'\"<>]*)['\"]?>")
CONNECTION = re.compile(r"<Connection (?:from )?([^<>]+)>")
PART = re.compile(r"\[(\d+):(\d+):1\]")


def plain_name(label: str) -> str:
    """Return the name of an ensemble, a connection or a part of one without Nengo's brackets.

    ``<Ensemble 'code'>[0:171:1]`` is ``code[0:171]``.
    """
    named = UNNAMED.sub(UNLABELLED, label)
    while (shorter := OBJECT.sub(r"\1", named)) != named:  # neurons of an ensemble
        named = shorter
    return PART.sub(r"[\1:\2]", CONNECTION.sub(r"\1", named))
