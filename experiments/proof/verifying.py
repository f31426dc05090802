"""Verification of a submission: a random part of it is run again, and compared."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.loading.profile import file_hash
from spikearm.experiments.controllers import (
    BASELINE,
    ChosenController,
    controller_label,
    own_sources,
)
from spikearm.experiments.proof.difference import Difference, compare
from spikearm.experiments.proof.motion import (
    Motion,
    MotionName,
    claim_motions,
    flat_numbers,
    group_of,
    lost_motions,
)
from spikearm.experiments.proof.submission import Submission
from spikearm.experiments.proof.table_check import check_table
from spikearm.experiments.proof.tolerances import EXACT, LAW, NEURONS, Tolerance
from spikearm.experiments.records.stack import stack
from spikearm.experiments.studies.benchmark.episode_outcome import EpisodeOutcome, recorded_reaches
from spikearm.experiments.studies.benchmark.study import BenchmarkExperiment
from spikearm.experiments.studies.study import Batch, StudyWatcher
from spikearm.neural.processes.parallel import parallel_map

Targets = dict[str, list[int]]
"""Targets by the title of the batch of their controller and seed."""
SETTINGS = ("radius_m", "duration_s", "offset_m")
"""Numbers of a row that are known before a motion."""


@dataclass(frozen=True)
class Verification:
    """Outcome of a verification.

    Attributes:
        same_stack: True if the stack here is that of the submission, and all was compared to the
            last bit.
        n_motions: Number of motions in the submission.
        n_run: Number of those that were run again.
        differences: Claims that did not come out.
    """

    same_stack: bool
    n_motions: int
    n_run: int
    differences: tuple[Difference, ...]

    @property
    def reproduces(self) -> bool:
        """True if all that was run came out as claimed."""
        return not self.differences


def draw_targets(
    motions: Sequence[MotionName],
    share: float,
    learners: Collection[str],
    rng: np.random.Generator,
) -> Targets:
    """Draw a part of the episodes, with the baseline's and what learners did before.

    Args:
        motions: Claims about all motions, those among them that were lost.
        share: Share of the episodes, out and back, that is drawn; at least one is [1].
        learners: Labels of the controllers that a motion changes.
        rng: Source of the draw.
    """
    episodes = {(group_of(one), one.target): one for one in motions}
    n_drawn = max(1, math.ceil(share * len(episodes)))
    keys = list(episodes)
    drawn: dict[str, set[int]] = {}
    for number in sorted(rng.choice(len(keys), n_drawn, replace=False)):
        motion = episodes[keys[number]]
        learns = controller_label(motion.controller, motion.adaptive) in learners
        targets = range(motion.target + 1) if learns else [motion.target]
        for group in (group_of(motion), f"{BASELINE}, seed {motion.seed}"):
            drawn.setdefault(group, set()).update(targets)
    return {group: sorted(targets) for group, targets in drawn.items()}


def verify(
    submission: Submission,
    experiment: BenchmarkExperiment,
    share: float,
    rng: np.random.Generator,
    watcher: StudyWatcher | None = None,
) -> Verification:
    """Check a submission: its table against its motions, and a part of them against new runs.

    Args:
        submission: The claims.
        experiment: Benchmark of its configuration.
        share: Share of its episodes that run again [1].
        rng: Source of the draw.
        watcher: Observer of the progress.

    Raises:
        SpikearmError: A file that it names is missing or another, or a controller fails.
    """
    check_files(submission.files)
    check_own_controllers(submission.config["own_controllers"])
    same_stack = submission.stack == stack()
    learners = [one.label for one in experiment.plan.controllers if one.learns]
    claims = [*submission.motions, *lost_motions(submission.rows)]
    targets = draw_targets(claims, share, learners, rng)
    outcomes = list(_run(experiment, targets, watcher or StudyWatcher()))
    rows = experiment.rows(outcomes)
    limits = experiment.plan.arm.chain.velocity_limits.tolist()
    found = claim_motions(recorded_reaches(outcomes), rows, limits)
    differences = [
        *check_table(submission.rows, submission.motions),
        *_compare_motions(submission.motions, found, same_stack),
        *_compare_losses(submission.rows, rows),
        *_compare_rows(submission, rows, same_stack),
    ]
    return Verification(same_stack, len(submission.motions), len(found), tuple(differences))


def check_files(files: Mapping[str, str]) -> None:
    """Check that the files which a submission names are here.

    Raises:
        SpikearmError: One is missing, or holds something else.
    """
    for name, digest in files.items():
        if not Path(name).is_file() or file_hash(Path(name)) != digest:
            raise SpikearmError(
                f"The submission needs the file '{name}' of hash {digest[:12]}..., which is not "
                "here. Get it from who submitted it, and call this in the folder of its path."
            )


def check_own_controllers(claimed: Mapping[str, Mapping[str, str | None]]) -> None:
    """Check that controllers from outside the package are here, from the files of the submission.

    Args:
        claimed: File and hash of each factory, by its name.

    Raises:
        SpikearmError: One is missing, or is defined in a file that holds something else.
    """
    found = own_sources(claimed)
    for name, source in claimed.items():
        if source["sha256"] != found[name]["sha256"]:
            raise SpikearmError(
                f"'{name}' is defined in another file than that of the submission, '"
                f"{source['file']}'. Get that file from who submitted it."
            )


def _run(
    experiment: BenchmarkExperiment, targets: Targets, watcher: StudyWatcher
) -> Iterator[EpisodeOutcome]:
    """Run the episodes to some targets, batch by batch.

    Raises:
        SpikearmError: A controller fails.
    """
    for batch in experiment.batches():
        mine = targets.get(batch.title, [])
        if mine:
            yield from _run_batch(experiment, batch, mine, watcher)


def _run_batch(
    experiment: BenchmarkExperiment,
    batch: Batch[EpisodeOutcome],
    targets: Sequence[int],
    watcher: StudyWatcher,
) -> Iterator[EpisodeOutcome]:
    part = Batch(batch.title, len(targets), batch.prepare, batch.jobs, None, batch.n_steps)
    watcher.building(part)
    with batch.prepare() as measure:
        watcher.measuring(part)
        for outcome in parallel_map(
            lambda number: measure(targets[number]), len(targets), batch.jobs
        ):
            problem = experiment.problem(outcome)
            if problem is not None:
                raise problem
            watcher.measured()
            yield outcome


def _compare_motions(
    claimed: Sequence[Motion], found: Sequence[Motion], same_stack: bool
) -> Iterator[Difference]:
    """Yield what differs between motions and their claims."""
    claims = {_place(one): one for one in claimed}
    for motion in found:
        place = _place(motion)
        claim = claims.get(place)
        if claim is None:
            yield Difference(place, "motion", "not there", "there")
            continue
        if same_stack and claim.sha256 != motion.sha256:
            yield Difference(place, "sha256", claim.sha256, motion.sha256)
        yield from compare(place, claim.numbers, motion.numbers, _tolerances(motion, same_stack))


def _compare_losses(
    claimed: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]
) -> Iterator[Difference]:
    """Yield the motions in which a controller lost the arm, and did not by the claims."""
    claims = set(lost_motions(claimed))
    for motion in lost_motions(found):
        if motion not in claims:
            yield Difference(_place(motion), "motion", "not lost", "lost")


def _tolerances(motion: Motion, same_stack: bool) -> Callable[[str], Tolerance | None]:
    if same_stack:
        return lambda name: EXACT
    neural = ChosenController(motion.controller, motion.adaptive).stage is not None
    return (NEURONS if neural else LAW).get


def _compare_rows(
    submission: Submission, rows: Sequence[dict[str, Any]], same_stack: bool
) -> Iterator[Difference]:
    """Yield what differs between rows of motions that ran and the claims about them.

    A row of which all motions ran is compared whole on the same stack, and others in their
    settings.
    """
    claims = {_row_place(row): row for row in submission.rows}
    for row in rows:
        place = _row_place(row)
        claim = claims.get(place)
        if claim is None:
            yield Difference(place, "row", "not there", "there")
            continue
        whole = same_stack and all(claim[name] == row[name] for name in ("n_motions", "n_lost"))
        yield from compare(
            place, flat_numbers(claim), flat_numbers(row),
            lambda name, whole=whole: EXACT if whole or name in SETTINGS else None,
        )  # fmt: skip


def _place(motion: MotionName) -> str:
    return f"{group_of(motion)}, target {motion.target}, {motion.direction}"


def _row_place(row: dict[str, Any]) -> str:
    return f"table, {row['controller']}{' + adaptive' * row['adaptive']}, seed {row['seed']}"
