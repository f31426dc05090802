"""The summary table: units and intervals worked out by hand."""

import re

import numpy as np
import pytest
from rich.table import Table

from spikearm.experiments.studies.benchmark.columns import CONTROL, DETAIL, LATENCY, TIME, Column
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval
from spikearm.experiments.studies.benchmark.table import by_controller, summary_tables
from spikearm.experiments.tables import WIDTH, Meanings
from spikearm.experiments.tasks.success import SUCCESS, SUCCESS_5MM, SuccessBounds

# Heading: what a row holds, in SI units, and what is shown for it.
SHOWN = {
    "position rmse mm": ({"position_rmse_m": 0.0012344}, "1.234"),
    "orientation rmse mrad": ({"orientation_rmse_rad": 0.034567}, "34.57"),
    "excess deviation, % of analytic": ({"excess_deviation": 0.0413}, "4.1"),
    "fidelity rmse mm": ({"fidelity_rmse_m": 0.00098765}, "0.988"),
    "endpoint error mm": ({"endpoint_error_m": 0.0000512}, "0.051"),
    "success, % of motions": ({"success_rate": 0.875}, "88"),
    "within 5 mm, % of motions": ({"success_rate_5mm": 0.9375}, "94"),
    "fastest joint, % of its limit": ({"joint_speed_max_share": 0.8847}, "88"),
    "torque rate N m/ms": ({"torque_rate_max": 3.1162}, "3.12"),
    "torque ripple N m": ({"torque_ripple_rms": 0.39147}, "0.391"),
    "ripple at rest N m": ({"torque_ripple_hold": 0.12345}, "0.123"),
    "shaking at rest m/s²": ({"hand_acceleration_rms_hold": 0.86035}, "0.860"),
    "latency ms": ({"step_latency_p50_s": 0.000153}, "0.15"),
    "real-time factor": ({"realtime_factor": 3.758}, "3.76"),
    "largest endpoint error mm": ({"endpoint_error_max_m": 0.0074321}, "7.432"),
    "path deviation mm": ({"path_deviation_m": 0.00213}, "2.130"),
    "jerk m²/s⁵": ({"jerk": 28.541}, "28.5"),
    "effort N²m²s": ({"effort": 172.253}, "172.3"),
    "saturation, % of torques": ({"saturated_share": 0.02468}, "2.47"),
    "spikes per step": ({"spikes": 412.56}, "412.6"),
    "synaptic events per step": ({"synaptic_events": 9166.24}, "9166"),
    "neuron updates per step": ({"neuron_updates": 3400.0}, "3400"),
    "activation sparsity, % of neurons": ({"activation_sparsity": 0.9691}, "96.9"),
    "connection sparsity, % of weights": ({"connection_sparsity": 0.4733}, "47.3"),
    "footprint kB": ({"footprint_bytes": 707416}, "707"),
    "Loihi cores": ({"cores": 23}, "23"),
    "Loihi compartments": ({"compartments": 10240}, "10240"),
    "stored weights per step": ({"stored_events": 18083.97}, "18084"),
    "host messages per step": ({"host_messages": 33.0}, "33.0"),
    "chip time µs": ({"chip_step_time_mean_s": 5.2408e-5}, "52.4"),
    "longest chip time µs": ({"chip_step_time_max_s": 6.9544e-5}, "69.5"),
    "energy, least prices µJ per step": (
        {"energy_per_step_j": {"loihi": 6.822e-7, "loihi_calibrated": 8.7e-7}}, "0.682"
    ),
    "for spikes, moving µJ per step": ({"synaptic_energy_moving_j": 4.268e-7}, "0.427"),
    "for spikes, holding µJ per step": ({"synaptic_energy_hold_j": 1.912e-7}, "0.191"),
    "energy, calibrated prices µJ per step": (
        {"energy_per_step_j": {"loihi": 6.822e-7, "loihi_calibrated": 8.7e-7}}, "0.870"
    ),
    "energy, on a CPU µJ per step": (
        {"energy_per_step_j": {"loihi": 2.97e-7, "cpu": 3.712e-5}}, "37.1"
    ),
}  # fmt: skip
COLUMNS = CONTROL + TIME + DETAIL
LENGTH = Column("length", "mm", "length_m", 1e3, ".1f", "length of a thing")


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.heading)
def test_a_metric_is_shown_in_the_unit_of_its_heading(column):
    row, shown = SHOWN[column.heading]
    assert column.cell([row]) == (shown, "")


def test_no_metric_is_shown_twice_and_none_is_untested():
    assert sorted(column.heading for column in COLUMNS) == sorted(SHOWN)


def test_several_seeds_are_shown_as_their_mean_and_its_interval():
    lengths = np.array([0.0021, 0.0034, 0.0029, 0.0079])
    mean, interval = LENGTH.cell([{"length_m": length} for length in lengths])
    assert mean == "4.1"  # of 4.075
    low, high = bootstrap_interval(1e3 * lengths, np.random.default_rng(17))
    shown_low, shown_high = map(float, interval.strip("[]").split(", "))
    assert interval[0] + interval[-1] == "[]"
    assert (shown_low, shown_high) == pytest.approx((low, high), abs=0.3)  # another seed, rounded
    assert shown_low < 3.6 < 4.5 < shown_high


def test_the_interval_is_the_same_each_time_it_is_shown():
    rows = [{"length_m": length} for length in np.random.default_rng(4).normal(size=9)]
    assert LENGTH.cell(rows) == LENGTH.cell(rows)


def test_one_seed_has_no_interval_and_neither_have_equal_ones():
    assert LENGTH.cell([{"length_m": 0.0031}]) == ("3.1", "")
    assert LENGTH.cell([{"length_m": 0.0031}] * 3) == ("3.1", "")


@pytest.mark.parametrize("values", [[None], [None, None], [0.0031, None]])
def test_a_metric_that_does_not_apply_is_an_empty_cell(values):
    assert LENGTH.cell([{"length_m": value} for value in values]) == ("", "")


def test_a_metric_that_the_row_lacks_is_an_error():
    with pytest.raises(KeyError, match="length_m"):
        LENGTH.cell([{"width_m": 3.0}])


def test_a_dotted_key_looks_into_a_field():
    energy = Column("energy", "nJ", "energy_j.chip", 1e9, ".0f", "energy of a thing")
    assert energy.cell([{"energy_j": {"cpu": 5e-3, "chip": 42e-9}}]) == ("42", "")
    assert energy.cell([{"energy_j": None}]) == ("", "")


def test_rows_are_grouped_by_controller_in_the_order_of_their_first():
    rows = [
        {"controller": stage, "adaptive": False, "seed": seed}
        for seed in (3, 4)
        for stage in ("rate", "analytic")
    ]
    assert list(by_controller(rows).items()) == [
        (
            "rate",
            [
                {"controller": "rate", "adaptive": False, "seed": 3},
                {"controller": "rate", "adaptive": False, "seed": 4},
            ],
        ),
        (
            "analytic",
            [
                {"controller": "analytic", "adaptive": False, "seed": 3},
                {"controller": "analytic", "adaptive": False, "seed": 4},
            ],
        ),
    ]


def full_row(stage: str, position_rmse_m: float) -> dict[str, object]:
    row: dict[str, object] = {}
    for held, _ in SHOWN.values():
        row |= held
    identity = {"controller": stage, "adaptive": False, "n_lost": 0}
    return row | identity | {"position_rmse_m": position_rmse_m}


def test_the_table_has_a_line_per_metric_and_a_column_per_stage():
    rows = [full_row("analytic", 0.001), full_row("pd", 0.002), full_row("pd", 0.004)]
    table, _ = summary_tables(rows, "gen3, circle")
    assert isinstance(table, Table)
    assert [column.header for column in table.columns] == ["", "analytic", "pd"]
    lines = list(zip(*(column.cells for column in table.columns), strict=True))
    headings = [line[0] for line in lines if not str(line[0]).startswith("  ")]
    assert headings == [column.heading for column in CONTROL + TIME]
    where = headings.index("position rmse mm")
    assert lines[where : where + 3] == [
        ("position rmse mm", "1.000", "3.000"),
        # Of two seeds, a quarter of the resamples is twice the smaller.
        ("  low", "", "2.000"),
        ("  high", "", "4.000"),
    ]
    assert lines[-1] == ("real-time factor", "3.76", "3.76")


def test_every_metric_is_explained_below_the_table_in_a_line():
    _, explained = summary_tables([full_row("analytic", 0.001)], "gen3, circle")
    assert isinstance(explained, Meanings)
    lines = str(explained.__rich__()).splitlines()
    assert [line.split("  ")[0] for line in lines] == [column.name for column in CONTROL + TIME]
    assert all(len(line) <= WIDTH for line in lines)


def test_motions_that_were_lost_have_a_line_and_an_explanation_where_there_are_any():
    rows = [full_row("analytic", 0.001), full_row("pd", 0.002) | {"n_lost": 3}]
    table, explained = summary_tables(rows, "gen3, circle")
    assert isinstance(table, Table) and isinstance(explained, Meanings)
    lines = list(zip(*(column.cells for column in table.columns), strict=True))
    assert ("lost motions", "0", "3") in lines
    told = str(explained.__rich__()).splitlines()
    assert any("lost" in line and "count as missed" in line for line in told)
    assert all(len(line) <= WIDTH for line in told)


@pytest.mark.parametrize("column", COLUMNS + LATENCY, ids=lambda column: column.heading)
def test_a_percentage_names_the_whole_that_it_is_a_part_of(column):
    assert "%" not in column.unit or re.match(r"% of \w+", column.unit)
    assert column.factor != 1e2 or "%" in column.unit
    assert column.meaning


@pytest.mark.parametrize(
    ("key", "bounds"), [("success_rate", SUCCESS), ("success_rate_5mm", SUCCESS_5MM)]
)
def test_the_definition_of_success_is_the_task_s(key: str, bounds: SuccessBounds):
    success = next(column for column in CONTROL if column.key == key)
    assert f"{1e3 * bounds.distance:g} mm" in success.meaning
    assert f"{np.degrees(bounds.angle):.3g} degree" in success.meaning
    assert bounds.lasting == 0 or f"for {bounds.lasting:g} s" in success.meaning
