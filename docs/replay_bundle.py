"""Replay a bundle in plain NumPy, and compare it with the bundle's own run.

The format's documentation in code; export.md describes every array. Neurons are numbered on:
first the chip's compartments, then the host's input neurons.
"""

import sys

import numpy as np

Arrays = dict[str, np.ndarray]
FORMAT_VERSION = 3
INPUT_BITS, CURRENT_BITS = 21, 23  # of the chip's accumulators, beside the sign
TOLERANCE = 1e-9  # of inputs and torques [N m]: sums of floats depend on their order


def wrap(x: np.ndarray, bits: int) -> np.ndarray:
    """Compute integers that overflow as they do on the chip."""
    return (x + 2**bits) % 2 ** (bits + 1) - 2**bits


def keep(x: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Keep a share of 4096ths, rounded towards zero."""
    return np.sign(x) * (np.abs(x) * share >> 12)


def beyond(x: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Compute what numbers have beyond a bound."""
    return x - np.clip(x, -bound, bound)


def take(b: Arrays) -> np.ndarray:
    """Compute the excess that the backup takes from each command, over the products' range."""
    excess, slow = [], np.zeros(6)
    for w in (b["run.command"] - b["scaling.center"][-6:]) / b["scaling.half_range"][-6:]:
        slow = slow + b["excess.share"] * (w - slow)
        lasting = beyond(slow, b["excess.lasting"])
        excess.append(lasting + beyond(w - lasting, b["excess.sudden"]))
    return np.clip(excess, -b["excess.largest"], b["excess.largest"])


def scale(b: Arrays) -> np.ndarray:
    """Compute inputs within -1 to 1 from positions, velocities and commands, for all steps."""
    angle, excess, fine = b["run.q"] - b["scaling.middle"], take(b), b["excess.fine"]
    left = b["run.command"] - excess * b["scaling.half_range"][-6:]
    raw = np.hstack([np.sin(angle), np.cos(angle), b["run.dq"], left])
    scaled = np.clip((raw - b["scaling.center"]) / b["scaling.half_range"], -1, 1)
    first, rest = np.clip(excess, -fine, fine) / fine, beyond(excess, fine)
    return np.hstack([scaled, first, rest / (b["excess.largest"] - fine)])


def encode(b: Arrays) -> list[np.ndarray]:
    """Compute the host's spikes from the inputs, step by step: integrate and fire."""
    sent, voltage = [], np.zeros(len(b["inputs.gain"]))
    for x in b["run.inputs"]:
        rate = b["inputs.gain"] * x[b["inputs.value"]] + b["inputs.bias"]
        voltage += np.maximum(rate, 0) * b["dt"]
        sent.append(np.flatnonzero(voltage >= 1))
        voltage -= np.floor(voltage)
    return sent


def deliver(b: Arrays, fired: np.ndarray, n: int) -> np.ndarray:
    """Add up what spikes of the step before bring to each compartment."""
    arriving = np.zeros(n, dtype=np.int64)
    for axon in np.flatnonzero(np.isin(b["axons.neuron"], fired)):
        first, end = b["rows.start"][b["axons.row"][axon] :][:2]
        target = b["axons.base"][axon] + b["rows.offset"][first:end].astype(int)
        weight = b["rows.mantissa"][first:end].astype(np.int64)
        arriving[target] += weight << b["synapses.shift"][b["axons.synapse"][axon]]
    return arriving


def simulate(b: Arrays) -> list[np.ndarray]:
    """List the neurons that fire in each step."""
    c = {name[13:]: b[name].astype(np.int64) for name in b if name.startswith("compartments.")}
    current, voltage, waiting = np.zeros((3, len(c["bias"])), dtype=np.int64)
    fired = [np.zeros(0, dtype=int)]
    for sent in encode(b):
        arriving = wrap(deliver(b, fired[-1], len(voltage)), INPUT_BITS)
        current = wrap(keep(current, 4095 - c["decay_current"]) + arriving, CURRENT_BITS)
        voltage = keep(voltage, 4096 - c["decay_voltage"]) + wrap(current + c["bias"], CURRENT_BITS)
        voltage = np.clip(voltage, c["lowest"], c["highest"])
        voltage[waiting > 0] = 0
        spikes = voltage > c["threshold"]
        voltage[spikes] = 0
        waiting = np.maximum(np.where(spikes, c["refractory"], waiting) - 1, 0)
        fired.append(np.append(np.flatnonzero(spikes), len(voltage) + sent))
    return fired[1:]


def decode(b: Arrays, fired: list[np.ndarray]) -> np.ndarray:
    """Compute torques from spikes: weighted sums, filtered, two steps later."""
    left, decoder = np.exp(-b["dt"] / b["outputs.tau"]), b["outputs.decoder"]
    filtered = np.zeros((2, len(decoder)))
    for neurons in fired:
        now = decoder[:, neurons[neurons < decoder.shape[1]]].sum(axis=1)
        filtered = np.vstack([filtered, left * filtered[-1] + (1 - left) * now])
    return filtered[:-2] * b["scaling.torque"]


def main(path: str) -> str | None:
    """Print how much is equal; return a complaint if it is not all."""
    with np.load(path) as file:
        b = {name: file[name] for name in file.files}
    if b["format_version"] != FORMAT_VERSION:
        return f"This reads version {FORMAT_VERSION}; the file is of version {b['format_version']}."
    fired = simulate(b)
    ours = {(step, neuron) for step, neurons in enumerate(fired) for neuron in neurons.tolist()}
    theirs = set(zip(b["run.spike_step"].tolist(), b["run.spike_neuron"].tolist(), strict=True))
    input_error = np.abs(scale(b) - b["run.inputs"]).max()
    torque_error = np.abs(decode(b, fired) - b["run.torque"]).max()
    print(
        f"{len(fired)} steps: {len(ours & theirs)} spikes are equal, {len(ours ^ theirs)} are not"
    )
    print(f"Inputs differ by {input_error:.0e} at most, torques by {torque_error:.0e} N m")
    same = ours and ours == theirs and max(input_error, torque_error) < TOLERANCE
    return None if same else "The bundle's run was not reproduced."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
