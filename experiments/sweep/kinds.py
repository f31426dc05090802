"""Columns of the rows that benchmarks and stress tests measure."""

from typing import get_type_hints

import pyarrow as pa

from spikearm.controller.loop.step_times import StepTimes
from spikearm.experiments.studies.benchmark.latency import PACE_FIELDS
from spikearm.experiments.studies.benchmark.metrics_row import (
    CHIP_FIELDS,
    FOOTPRINT_FIELDS,
    NEURAL_FIELDS,
    SYNAPTIC_FIELDS,
)
from spikearm.experiments.studies.robustness.summary import Point
from spikearm.experiments.sweep.kind import Columns, arrow_type
from spikearm.loihi_deploy.energy.devices import DEVICES

TEXT, WHETHER, COUNT, NUMBER = pa.string(), pa.bool_(), pa.int64(), pa.float64()
LOSS = pa.struct({"target": COUNT, "direction": TEXT, "problem": TEXT})
ENERGY = "energy_per_step_j"

BENCHMARK: Columns = {
    **dict.fromkeys(("arm", "task", "feedforward", "controller"), TEXT),
    "adaptive": WHETHER, "backend": TEXT, "seed": COUNT,
    **dict.fromkeys(("radius_m", "duration_s", "offset_m"), NUMBER),
    **dict.fromkeys(("kp", "ko", "kv"), NUMBER),
    "realtime": WHETHER, "n_motions": COUNT, "n_lost": COUNT, "losses": pa.list_(LOSS),
    **dict.fromkeys((
        "position_rmse_m", "orientation_rmse_rad", "excess_deviation", "fidelity_rmse_m",
        "endpoint_error_m", "endpoint_error_max_m", "path_deviation_m", "jerk", "effort",
        "success_rate", "success_rate_5mm", "joint_speed_max_share", "torque_rate_max",
        "torque_ripple_rms", "torque_ripple_hold", "hand_acceleration_rms_hold",
        "saturated_share",
    ), NUMBER),
    **dict.fromkeys(
        (one for one in (*NEURAL_FIELDS, *CHIP_FIELDS, *FOOTPRINT_FIELDS) if one != ENERGY), NUMBER
    ),
    **dict.fromkeys(SYNAPTIC_FIELDS, NUMBER),
    "energy_source": TEXT,
    **dict.fromkeys((f"{ENERGY}.{device}" for device in DEVICES), NUMBER),
}  # fmt: skip
"""Columns of a benchmark's row without those of the clock."""

BENCHMARK_TIMES: Columns = dict.fromkeys(
    (
        *(f"step_latency_{one}_s" for one in ("p50", "p99", "max", "jitter")),
        *(
            f"part_latency_{one}_s.{part}"
            for one in ("p50", "p99", "max")
            for part in StepTimes._fields
        ),
        "warm_up_latency_p50_s", "warm_up_latency_max_s", "deadline_miss_rate", *PACE_FIELDS,
        "build_time_s", "realtime_factor",
    ),
    NUMBER,
)  # fmt: skip

STRESS: Columns = {
    **{name: arrow_type(hint) for name, hint in get_type_hints(Point).items()},
    "broken": WHETHER,
}
