"""Accuracy of sights as a study: each sight on the held-out scenes of every seed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from rich.console import RenderableType

from spikearm.arm_models import Arm
from spikearm.experiments.palette import OTHER_COLORS
from spikearm.experiments.seen.accuracy.accuracy import Case, SeenScene, SightTest
from spikearm.experiments.seen.study.measures import NEAR, finite_median
from spikearm.experiments.studies.study import Batch, Measure, Study
from spikearm.experiments.tables import Line, compare, explain
from spikearm.experiments.words import counted, millimetres, number
from spikearm.perception.eye.eye_weights import EyeWeights

PER_PIECE = 5  # scenes that one renderer is opened for
Outcome = list[SeenScene]
MEANINGS = (
    ("visible", "targets that all cameras see; hidden: that one of them does not"),
    ("median mm", "distance from the target; without a point, it is infinite"),
    ("alarms", "share of scenes without a target in which one was seen"),
    ("pixels", "mean distance of a camera's likeliest pixel from the target's"),
)
"""Words that explain the lines."""


@dataclass(frozen=True)
class AccuracyStudy(Study[Outcome]):
    """Sights on held-out scenes.

    Attributes:
        arm: Arm in the scenes.
        sights: Names of the sights.
        seeds: Seeds of scenes.
        scenes: Number of scenes of each seed.
        weights: Weights of an eye, for sights that need them.
        jobs: Number of processes; the number of cores if None.
    """

    details_file = "scenes.parquet"
    picture_file = "accuracy.html"

    arm: Arm
    sights: Sequence[str]
    seeds: Sequence[int]
    scenes: int
    weights: EyeWeights | None
    jobs: int | None = None

    def batches(self) -> Iterator[Batch[Outcome]]:
        """List a batch per seed: all run in workers, or all in this process."""
        for seed in self.seeds:
            yield self._batch(seed)

    def rows(self, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
        """Return a row per sight and seed, and one over all seeds."""
        scenes = [scene for outcome in outcomes for scene in outcome]
        sights = dict.fromkeys(scene.sight for scene in scenes)
        seeds: list[int | None] = [None, *dict.fromkeys(scene.seed for scene in scenes)]
        return [
            summarise(
                sight, seed, [s for s in scenes if s.sight == sight and seed in (None, s.seed)]
            )
            for sight in sights
            for seed in seeds
        ]

    def details(self, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
        """Return a row per scene and sight."""
        return [asdict(scene) for outcome in outcomes for scene in outcome]

    def verdict(self, outcomes: Sequence[Outcome]) -> str:
        """Write a sentence per sight."""
        return " ".join(_sentence(row) for row in self._overall(outcomes))

    def tables(self, outcomes: Sequence[Outcome]) -> list[RenderableType]:
        """Return a table with sights as columns."""
        rows = self._overall(outcomes)
        lines = [Line(heading, [number(row[key], factor, digits) for row in rows])
                 for heading, key, factor, digits in LINES]  # fmt: skip
        title = f"{self.arm.name}: held-out scenes, {counted(len(self.seeds), 'seed')}"
        return [*compare(title, [row["sight"] for row in rows], lines), explain(MEANINGS)]

    def figure(self, outcomes: Sequence[Outcome]) -> go.Figure:
        """Draw the share of visible targets over the distance at which they were seen."""
        figure = go.Figure()
        for order, sight in enumerate(self.sights):
            scenes = [s for one in outcomes for s in one if s.sight == sight]
            visible = [scene for scene in scenes if scene.case == "visible"]
            errors = sorted(1e3 * one.error_m for one in visible if one.error_m is not None)
            share = np.arange(1, len(errors) + 1) / max(len(visible), 1)
            color = OTHER_COLORS[order % len(OTHER_COLORS)]
            figure.add_scatter(
                x=errors, y=share, name=sight, line={"shape": "hv", "color": color}, mode="lines"
            )
        figure.update_xaxes(title_text="seen target from target mm", type="log")
        figure.update_yaxes(title_text="share of visible targets", range=[0.0, 1.02])
        figure.update_layout(title=f"{self.arm.name}: accuracy of sight", template="plotly_white")
        return figure

    def _overall(self, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
        return [row for row in self.rows(outcomes) if row["seed"] is None]

    def _batch(self, seed: int) -> Batch[Outcome]:
        starts = range(0, self.scenes, PER_PIECE)
        pieces = [(sight, start) for sight in self.sights for start in starts]

        def measure(number: int) -> Outcome:
            sight, start = pieces[number]
            numbers = range(start, min(start + PER_PIECE, self.scenes))
            return SightTest(self.arm, sight, self.weights).measure(seed, numbers)

        @contextmanager
        def prepare() -> Iterator[Measure[Outcome]]:
            yield measure

        return Batch(f"seed {seed}", len(pieces), prepare, self.jobs)


def summarise(sight: str, seed: int | None, scenes: Sequence[SeenScene]) -> dict[str, Any]:
    """Return the row of a sight over some scenes."""
    visible, hidden, empty = (_of_case(scenes, case) for case in ("visible", "hidden", "empty"))
    errors = [np.inf if one.error_m is None else one.error_m for one in visible]
    pixels = [one.pixel_error for one in visible if one.pixel_error is not None]
    hands = [one.hand_error_m for one in scenes if one.hand_error_m is not None]
    return {
        "sight": sight, "seed": seed, "n_visible": len(visible), "n_hidden": len(hidden),
        "n_empty": len(empty), "found": _share([one.found for one in visible]),
        "median_m": finite_median(errors), "within_20_mm": _share([one <= NEAR for one in errors]),
        "pixel_error": finite_median(pixels), "hidden_within_20_mm": _share(
            [one.error_m is not None and one.error_m <= NEAR for one in hidden]
        ),
        "alarms": _share([one.found for one in empty]), "hand_median_m": finite_median(hands),
    }  # fmt: skip


LINES = (
    ("visible targets", "n_visible", 1.0, 0), ("median mm", "median_m", 1e3, 1),
    ("within 20 mm", "within_20_mm", 1.0, 2), ("found", "found", 1.0, 2),
    ("pixels", "pixel_error", 1.0, 2), ("hidden targets", "n_hidden", 1.0, 0),
    ("hidden within 20 mm", "hidden_within_20_mm", 1.0, 2), ("no target", "n_empty", 1.0, 0),
    ("alarms", "alarms", 1.0, 2), ("hand, median mm", "hand_median_m", 1e3, 1),
)  # fmt: skip
"""Headings of the lines; what stands in them, with a factor and a number of digits."""


def _sentence(row: dict[str, Any]) -> str:
    median = "no target" if row["median_m"] is None else millimetres(row["median_m"])
    within = 0.0 if row["within_20_mm"] is None else row["within_20_mm"]
    return (
        f"Sight {row['sight']}: {median} in the median over {row['n_visible']} targets that both "
        f"cameras see, {within:.0%} within 20 mm."
    )


def _of_case(scenes: Sequence[SeenScene], case: Case) -> list[SeenScene]:
    return [one for one in scenes if one.case == case]


def _share(flags: Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if flags else None
