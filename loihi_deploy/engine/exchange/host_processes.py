"""Search for the processes through which values pass between host and chip."""

from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.host.host_interface import HostInterface
from spikearm.loihi_deploy.nengo_loihi_compat import LoihiProbe


def host_interface(model: Any, engine: Engine) -> HostInterface:
    """List the processes through which values pass between host and chip."""
    number = {id(one): k for k, one in enumerate(engine.inputs)}
    first_error = {id(one.synapse): one.first_error for one in engine.chip.routes.learning}
    return HostInterface(
        inputs={
            id(sender.output): number[id(model.spike_targets[receiver])]
            for sender, receiver in model.host2chip_senders.items()
        },
        errors={
            id(sender.output): first_error[id(_learning_synapse(model, receiver))]
            for sender, receiver in model.host2chip_pes_senders.items()
        },
        received=frozenset(id(receiver.output) for receiver in model.chip2host_receivers.values()),
    )


def can_exchange(model: Any, engine: Engine, precomputed: bool) -> bool:
    """Return whether an exchange through shared memory supports all values between host and chip.

    nengo-loihi's own queues carry the rest: spikes that are known beforehand, several error
    signals for one synapse or errors that are known beforehand, outputs that are reordered on the
    way.
    """
    fed = [id(model.spike_targets[receiver]) for receiver in model.host2chip_senders.values()]
    learning = [
        id(_learning_synapse(model, receiver)) for receiver in model.host2chip_pes_senders.values()
    ]
    probes = [model.objs[probe]["out"] for probe in model.chip2host_receivers]
    return (
        sorted(fed) == sorted(id(one) for one in engine.inputs)
        and not any(one.permanent for one in engine.inputs)
        and len(learning) == len(set(learning))
        and not (precomputed and learning)
        and all(_is_plain(probe) for probe in probes)
    )


def _is_plain(probe: LoihiProbe) -> bool:
    weights = [np.empty(0) if one is None else one for one in probe.weights]
    return (
        probe.synapse is None
        and probe.reindexing is None
        and {one.ndim for one in weights} in ({0}, {2})
        and {one.dtype for one in weights} == {np.dtype(np.float64)}
    )


def _learning_synapse(model: Any, receiver: Any) -> Any:
    """Find the synapse that learns from an error signal."""
    connection = model.nengo_probe_conns[receiver.error_target]
    return model.objs[connection]["decoders"]
