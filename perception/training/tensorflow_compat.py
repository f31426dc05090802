"""TensorFlow, set up as trainings need it: the only module of this package that imports it.

Trainings run in worker processes, one per core, and give the same weights each time.
"""

import os

from spikearm.arm_models import SpikearmError

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")  # as nengo-dl needs it in the same process
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
for _threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):  # read when it first computes
    os.environ.setdefault(_threads, "1")

try:
    import tensorflow as tf
except ImportError as error:
    raise SpikearmError(
        f"Training needs {error.name}, which is not installed. Install the extra: "
        "pip install 'spikearm[train]'."
    ) from error

__all__ = ["tf"]
