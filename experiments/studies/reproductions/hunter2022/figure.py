"""Figure: the time of a layer, with every program that multiplies it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from spikearm.experiments.studies.reproductions.hunter2022.findings import LAYER
from spikearm.experiments.studies.reproductions.measurement import (
    Measurement,
    conditions_of,
    values_of,
)

PROGRAMS = {
    "dense_s": "dense, BLAS",
    "csr_s": "sparse weights, SciPy's CSR",
    "sparse_dense_s": "sparse weights, packed",
    "scipy_csc_s": "both sparse, CSC with SciPy's indices",
    "csc_s": "both sparse, CSC with 16-bit indices",
    "sparse_sparse_s": "both sparse, packed",
    "with_winners_s": "both sparse, packed, winners selected",
}


def draw_times(measurements: Sequence[Measurement]) -> go.Figure:
    """Draw the mean over seeds, a line per program."""
    sizes = conditions_of(measurements, LAYER)
    figure = go.Figure()
    for quantity, name in PROGRAMS.items():
        values = [values_of(measurements, LAYER, size, quantity, 1e6) for size in sizes]
        figure.add_scatter(x=sizes, y=[float(np.mean(one)) for one in values], name=name)
    figure.update_layout(
        title="A layer of one weight in 20 and one active input in 10, batch 1, one core",
        template="plotly_white", yaxis_title="CPU time us", yaxis_type="log",
    )  # fmt: skip
    return figure
