"""Task "seen" in front of a person: which of a command's options it takes, and its film."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from spikearm.arm_models import Arm, SpikearmError
from spikearm.experiments.console.conducting import conduct
from spikearm.experiments.console.console import console
from spikearm.experiments.console.progress import progress_bar
from spikearm.experiments.options.experiment_options import ExperimentOptions
from spikearm.experiments.seen.course.course import Motion
from spikearm.experiments.seen.loop.sight_level import SightLevel
from spikearm.experiments.seen.options import SeenOptions
from spikearm.experiments.seen.sight.sights import find_sight
from spikearm.experiments.seen.sight.weights import load_weights
from spikearm.experiments.seen.study.seen_plan import SeenOutcome, SeenPlan
from spikearm.experiments.seen.study.study import SeenStudy


def plan_seen(
    options: ExperimentOptions, seen: SeenOptions, arm: Arm, names: Sequence[str],
    seeds: Sequence[int], motions: Sequence[Motion], levels: Sequence[SightLevel] = (SightLevel(),),
    keep_frames: bool = False,
) -> SeenPlan:  # fmt: skip
    """Plan the task "seen" of a command.

    Args:
        options: Options of the command.
        seen: Its options of the task.
        arm: Arm that reaches.
        names: Names of the controllers.
        seeds: Seeds.
        motions: Kinds of the target's motion.
        levels: Perturbations of sight.
        keep_frames: True to keep all frames, for a film.

    Raises:
        SpikearmError: Controllers or weights cannot be loaded, or a board would be needed.
    """
    controllers = options.choose(arm, names)
    if any(one.on_board for one in controllers):
        raise SpikearmError(
            "No board can follow what is drawn here, slower than real time. Choose the engine, "
            "which computes the same spikes."
        )
    weights = load_weights(seen.sights, arm, seen.eye_weights)
    return SeenPlan(
        arm, controllers, seeds, options.setup(arm, names), seen.sights, motions, seen.scenes,
        seen.jumps, weights, levels, options.jobs, options.safety, keep_frames,
    )  # fmt: skip


def conduct_seen(
    options: ExperimentOptions, plan: SeenPlan, command: str, folder: Path
) -> Sequence[SeenOutcome]:
    """Run a plan, write its folder and print its tables.

    Args:
        options: Options of the command.
        plan: Plan.
        command: Name of the command.
        folder: New folder for the results.

    Returns:
        Outcomes of all conditions.
    """
    config = options.config(command, plan.arm, folder, plan.controllers)
    return conduct(SeenStudy(plan), config | {"command": f"{command} seen"}, folder).outcomes


def film_seen(plan: SeenPlan, outcome: SeenOutcome, path: Path) -> None:
    """Film a run whose frames were kept, with a progress bar.

    Raises:
        SpikearmError: The file cannot be written, or this machine cannot render.
    """
    from spikearm.experiments.eye_on_chip.lone_eyes import LoneEyes
    from spikearm.experiments.seen.pictures.seen_film import SeenFilm
    from spikearm.perception.sight.eye_finder import EyeFinder

    assert outcome.film is not None
    assert plan.weights is not None
    condition = outcome.condition
    with ExitStack() as stack:
        if find_sight(condition.sight).on_chip:
            finder = stack.enter_context(closing(LoneEyes(plan.weights)))
        else:
            finder = EyeFinder(plan.weights)
        film = SeenFilm(plan.arm, *outcome.film, finder, condition.controller.label)
        bar = stack.enter_context(progress_bar())
        task = bar.add_task("filming", total=film.n_frames)
        film.write(path, lambda: bar.advance(task))
    console.print(f"Film: {path}", markup=False, soft_wrap=True)
