"""Names of a network's parts as a person calls them."""

import re

OBJECT = re.compile(r"<(?:Ensemble|Node|Neurons|Probe) (?:of )?['\"]?([^'\">]*)['\"]?>")
CONNECTION = re.compile(r"<Connection (?:from )?([^<>]+)>")
PART = re.compile(r"\[(\d+):(\d+):1\]")


def plain_name(label: str) -> str:
    """Return the name of an ensemble, a connection or a part of one without Nengo's brackets.

    ``<Ensemble 'code'>[0:171:1]`` is ``code[0:171]``.
    """
    named = OBJECT.sub(r"\1", label)
    return PART.sub(r"[\1:\2]", CONNECTION.sub(r"\1", named))
