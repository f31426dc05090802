"""Simulators that are compared, each opened in the same way."""

from collections.abc import Callable
from typing import Any

import nengo
from networks import Workload

# Each is imported only where it runs: TensorFlow takes seconds and hundreds of megabytes.


def open_nengo(workload: Workload) -> Any:
    """Open Nengo's reference simulator."""
    return nengo.Simulator(workload.network, progress_bar=False)


def open_nengo_plain(workload: Workload) -> Any:
    """Open Nengo's reference simulator without its merging of operators."""
    return nengo.Simulator(workload.network, progress_bar=False, optimize=False)


def open_nengo_loihi(workload: Workload, precompute: bool | None = False) -> Any:
    """Open nengo-loihi's emulator."""
    from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

    _place(workload)
    return nengo_loihi.Simulator(
        workload.network, target="sim", precompute=precompute, progress_bar=False
    )


def open_nengo_dl(workload: Workload) -> Any:
    """Open nengo-dl, on the processor."""
    from spikearm.controller.training.nengo_dl_compat import nengo_dl

    return nengo_dl.Simulator(workload.network, progress_bar=False)


def open_engine(workload: Workload, precompute: bool | None = False) -> Any:
    """Open this project's engine."""
    from spikearm.loihi_deploy.simulator import Simulator

    _place(workload)
    return Simulator(workload.network, precompute=precompute, progress_bar=False)


def _place(workload: Workload) -> None:
    """Keep ensembles off the chip."""
    from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

    nengo_loihi.add_params(workload.network)
    for ensemble in workload.on_host:
        workload.network.config[ensemble].on_chip = False


PEERS: dict[str, Callable[[Workload], Any]] = {
    "nengo": open_nengo,
    "nengo, plain": open_nengo_plain,
    "nengo-loihi": open_nengo_loihi,
    "nengo-dl": open_nengo_dl,
    "engine": open_engine,
}
