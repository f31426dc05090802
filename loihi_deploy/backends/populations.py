"""Populations of a chip's compartments, by the plain names of their ensembles."""

import re
from itertools import groupby
from typing import Any

from spikearm.loihi_deploy.plain_names import plain_name
from spikearm.neural.spikes import UNLABELLED, Population

HOST = "host inputs"
PART = re.compile(r"\[\d+(:\d+){0,2}\]$")  # of an ensemble that is spread over several blocks


def populations_of(model: Any) -> tuple[Population, ...]:
    """List the populations of a model's compartments, block by block, then the host's neurons.

    Args:
        model: Model that nengo-loihi built.
    """
    parts = groupby(model.blocks, lambda block: PART.sub("", block.label or ""))
    populations = [
        Population(plain_name(whole) or UNLABELLED, sum(block.n_neurons for block in blocks))
        for whole, blocks in parts
    ]
    n_host = sum(one.n_neurons for one in model.inputs)
    return (*populations, *([Population(HOST, n_host)] if n_host else []))
