"""Limits of a Loihi chip: each number with its source, and the remedy of a breach."""

from dataclasses import dataclass

BLOCK = "nengo-loihi 1.1, block.py"
VALIDATE = "nengo-loihi 1.1, builder/validate.py"
BOARD = "nengo-loihi 1.1, hardware/builder.py"
CORE = "nengo-loihi 1.1, hardware/validate.py"
DISCRETIZE = "nengo-loihi 1.1, builder/discretize.py"
DAVIES = "Davies et al. 2018"


@dataclass(frozen=True)
class Limit:
    """Limit of a resource.

    Attributes:
        resource: Name of the resource.
        most: Amount available; a use of exactly this much fits.
        source: Publication of the number.
        remedy: Change that makes a network with a larger use fit.
    """

    resource: str
    most: float
    source: str
    remedy: str


# Resources of a core
COMPARTMENTS = Limit(
    "compartments", 1024, f"{BLOCK}; {DAVIES}",
    "Let nengo-loihi split the ensemble: leave its block_shape out, or give a smaller one.",
)  # fmt: skip
INPUT_AXONS = Limit(
    "input axons", 4096, BLOCK,
    "Fewer neurons or inputs may reach this block: decode what it gets, or use a smaller layer "
    "before it.",
)  # fmt: skip
OUTPUT_AXONS = Limit(
    "output axons", 4096, BLOCK,
    "This block reaches too many others: give its ensemble a smaller block_shape, or relay its "
    "output through an ensemble between.",
)  # fmt: skip
SYNAPSE_BITS = Limit(
    "synapse memory [bits]", 16384 * 64, BLOCK,
    "Give the ensemble a smaller block_shape, so that each block has fewer of its weights.",
)  # fmt: skip
COMPARTMENT_CONFIGS = Limit(
    "compartment configurations", 31, BOARD,
    "Use fewer different time constants and refractory periods in one ensemble.",
)  # fmt: skip
THRESHOLD_CONFIGS = Limit(
    "threshold configurations", 7, BOARD,
    "Use fewer different thresholds in one ensemble.",
)  # fmt: skip
SYNAPSE_FORMATS = Limit(
    "synapse formats, one reserved", 16, CORE,
    "Fewer connections of different size or largest weight may reach this block: join some.",
)  # fmt: skip
TRACE_CONFIGS = Limit(
    "learning configurations", 3, CORE,
    "Give the learning connections of this block the same pre_synapse and learning rate.",
)  # fmt: skip
FIXED_BESIDE_LEARNING = Limit(
    "fixed synapses beside learning", 0, BOARD,
    "Let the connections that learn end in a block of their own: all synapses of a core learn or "
    "none does.",
)  # fmt: skip

# Ranges of parameters
WEIGHT_EXPONENT = Limit(
    "size of a weight exponent", 7, VALIDATE,
    "Bring the weights of this block closer together in size.",
)  # fmt: skip
THRESHOLD = Limit(
    "threshold mantissa", 2**17 - 1, DISCRETIZE,
    "Scale the weights of this block up.",
)  # fmt: skip
BIAS = Limit(
    "bias mantissa", 2**12 - 1, DISCRETIZE,
    "Make the biases of this block smaller beside its weights.",
)  # fmt: skip
DECAY = Limit(
    "decay of current or voltage", 2**12 - 1, f"{CORE}; {DAVIES}",
    "Use a time constant of at least one step.",
)  # fmt: skip
REFRACTORY = Limit(
    "refractory delay [steps]", 63, CORE,
    "Give the ensemble's neurons a shorter tau_ref.",
)  # fmt: skip
TRACE_INCREMENT = Limit(
    "learning trace increment", 127, DISCRETIZE,
    "Make the learning rate smaller, or raise the model's pes_error_scale.",
)  # fmt: skip
RATE = Limit(
    "rate, of the highest reachable", 1.0,
    "a neuron spikes at most once in its refractory delay, a whole number of steps (nengo-loihi "
    "1.1, block.py)",
    "Give the ensemble lower max_rates or a shorter tau_ref.",
)  # fmt: skip

# Resources of a chip, and of its link to the host
CORES = Limit(
    "cores", 128, DAVIES,
    "Use a board of more chips, or fewer or smaller ensembles.",
)  # fmt: skip
HOST_SPIKES = Limit(
    "spikes from the host in a step", 50,
    "nengo-loihi 1.1, hardware/interface.py: snip_max_spikes_per_step, more are dropped",
    "Let inputs reach fewer blocks, or build the link with a larger snip_max_spikes_per_step, one "
    "of nengo-loihi's hardware_options.",
)  # fmt: skip
LARGEST_LINK = 300
"""Largest snip_max_spikes_per_step that nengo-loihi's documentation shows (configuration.html,
"Loihi parameters"). It is chosen when a board's link is built; no largest one is published.
"""

# Ranges of registers, in the simulated run
INPUT = Limit(
    "synaptic input", 2**21 - 1, f"{DISCRETIZE}: 21 bits and a sign",
    "Fewer spikes may meet in one step: spread them, or raise the largest weight of this block.",
)  # fmt: skip
CURRENT = Limit(
    "current", 2**23 - 1, f"{DISCRETIZE}: 23 bits and a sign",
    "Use a shorter synapse, smaller weights or lower rates into this block.",
)  # fmt: skip
MEMBRANE = Limit(
    "current and bias", 2**23 - 1, f"{DISCRETIZE}: 23 bits and a sign",
    "Use smaller biases or weights in this block.",
)  # fmt: skip
ERROR = Limit(
    "learning error, scaled", 127, f"{DISCRETIZE}: cut to -127..127",
    "Make the model's pes_error_scale smaller.",
)  # fmt: skip
REFUSED = Limit("networks nengo-loihi refuses", 0, "nengo-loihi 1.1", "")
