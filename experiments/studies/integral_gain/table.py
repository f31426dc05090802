"""Tables of a search for gains."""

from collections.abc import Sequence

from rich.table import Table

from spikearm.controller.classical.gains import Gains
from spikearm.experiments.perturbations.level import Level, default_level
from spikearm.experiments.studies.integral_gain.repeated_reach import RepeatedReach
from spikearm.experiments.studies.integral_gain.search import STRENGTHS, GainSearch
from spikearm.experiments.studies.integral_gain.setting import Setting
from spikearm.experiments.tables import make_table

PLANT = (
    "none", "payload=0.5", "payload=1", "payload=2", "payload-off-centre=2", "friction=5",
    "force-field=1", "gravity",
)  # fmt: skip


def found_table(arm: str, search: GainSearch, found: Sequence[Setting]) -> Table:
    """Build a table of the settings that were found, beside PD control."""
    reach, level = search.reach, search.level
    unknown = level.label
    title = f"{arm}, target {reach.target}, {unknown}: position rmse [mm]"
    headings = (
        "kp", "kv", "law", "ki", "bound", f"without {unknown}", "trial 1", "last trial",
        "trials", "left of PD's",
    )  # fmt: skip
    table = make_table(title, headings)
    for strength in STRENGTHS:
        pd = Setting(strength)
        free, loaded = (reach.errors(pd, at)[0] for at in (Level(), level))
        for setting in (pd, *(one for one in found if one.strength == strength)):
            _add_row(table, search, setting, loaded - free, free)
    return table


def _add_row(
    table: Table, search: GainSearch, setting: Setting, effect: float, free: float
) -> None:
    reach, level = search.reach, search.level
    gains = setting.make(reach.arm.model).gains
    plain = reach.errors(setting, Level())[-1]
    errors = reach.errors(setting, level)
    integral = (f"{setting.ki:.0f}", f"{setting.limit:g}") if setting.ki else ("-", "-")
    table.add_row(
        f"{gains.kp:g}", f"{gains.kv:.3g}", setting.label, *integral, _mm(plain),
        _mm(errors[0]), _mm(errors[-1]), str(len(errors)),
        f"{(errors[-1] - free) / effect:.3f}",
    )  # fmt: skip


def perturbation_table(arm: str, reach: RepeatedReach, settings: Sequence[Setting]) -> Table:
    """Build a table of settings under all perturbations of the plant, first and last trial."""
    title = f"{arm}, kp {Gains.kp:g}: position rmse [mm], first and last trial"
    table = make_table(title, ("unknown", *(setting.label for setting in settings)))
    for level in map(default_level, PLANT):
        runs = [reach.errors(setting, level) for setting in settings]
        cells = [_mm(errors[0]) if len(errors) == 1 else _range(errors) for errors in runs]
        table.add_row(level.label, *cells)
    return table


def _mm(error: float) -> str:
    return f"{1000 * error:.3g}"


def _range(errors: Sequence[float]) -> str:
    return f"{_mm(errors[0])} to {_mm(errors[-1])} (trial {len(errors)})"
