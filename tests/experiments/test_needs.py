"""Options that count for nothing beside others: refused, with when they count."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.cli import BAD_INPUT, main, parse
from spikearm.experiments.commands.commands import COMMANDS
from spikearm.experiments.commands.see import SeeCommand
from spikearm.experiments.needs import Need, check_needs, given_options
from spikearm.experiments.options.experiment_options import Seeds

REFUSED = {
    "task of the eye": ("run --eye --task workspace", "--task counts only without --eye"),
    "targets of the eye": ("run --eye --targets 3", "--targets counts only without --eye"),
    "report of the eye": ("run --eye --no-report", "--no-report counts only without --eye"),
    "what the eye has not": (
        "run --eye --view --realtime --adaptive --spikes",
        "--adaptive, --view, --realtime and --spikes count only without --eye",
    ),
    "eye's weights": ("run --eye-weights a.npz", "--eye-weights counts only with --eye"),
    "eye's chip": ("run --on-chip", "--on-chip counts only with --eye: give that, or leave it out"),
    "a folder of a game": ("run --interactive --out a", "--out counts only without --interactive"),
    "a view of a game": (
        "run --interactive --view --payload 2", "--payload and --view count only without --inter",
    ),
    "jobs of a window": ("run --view --jobs 2", "--jobs counts only without --view"),
    "sights of reaches": ("bench --sights eye", "--sights counts only with --task seen"),
    "scenes of reaches": ("stress --scenes 3", "--scenes counts only with --task seen"),
    "duration of what is seen": (
        "bench --task seen --duration 2 --video",
        "--duration and --video count only without --task seen",
    ),
    "rounds of what is seen": (
        "stress --task seen --rounds 2", "--rounds counts only without --task seen",
    ),
    "weights of no eye": (
        "bench --task seen --sights colour --eye-weights a.npz",
        "--eye-weights counts only with --sights eye",
    ),
    "filters of a law": (
        "run --controller analytic --smoothing-tau 0.01",
        "--smoothing-tau counts only with a controller of trained neurons",
    ),
    "weights of a law": (
        "bench --controllers analytic pd --trained a.npz",
        "--trained counts only with a controller that was trained",
    ),
    "integral of no pid": ("bench --ki 3", "--ki counts only with controller pid"),
    "backend of a law": (
        "run --controller pd --backend emulator", "--backend counts only with controller loihi",
    ),
    "network beside a learner": (
        "run --controller adaptive-load --adaptive",
        "--adaptive counts only with a controller that does not learn by itself",
    ),
    "size of no network": ("bench --ensembles 2", "--ensembles counts only with --adaptive"),
    "second that never comes": (
        "adapt --probes 0 --second friction", "--second counts only without --probes 0",
    ),
    "weightless weights": (
        "adapt --trained-weightless a.npz",
        "--trained-weightless counts only with perturbation gravity",
    ),
    "two arms": ("bench --arm panda --mjcf a.xml", "--arm counts only without --mjcf"),
    "eye of a deployment": ("deploy --eye-weights a.npz", "--eye-weights counts only with --eye"),
    "pictures of no eye": ("see --sights colour --show 3", "--show counts only with --sights eye"),
    "run of a graph": (
        "export --to nir --out a.nir --run-time 1", "--run-time counts only with --to bundle",
    ),
    "eye of a bundle": ("export --out a.npz --eye", "--eye counts only with --to nir"),
    "a bag that is there": (
        "record run --to rosbag2 --overwrite", "--overwrite counts only without --to rosbag2",
    ),
    "training of none": (
        "onboard a.xml --no-train --reaches 3000", "--reaches counts only without --no-train",
    ),
    "search of a pose that is given": (
        "onboard a.xml --home 0 1 --search-seed 2", "--search-seed counts only without --home",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_an_option_that_would_be_ignored_is_refused_and_nothing_is_written(
    case, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    words, said = REFUSED[case]
    assert main(words.split()) == BAD_INPUT
    assert said in " ".join(capsys.readouterr().err.split())
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        "run --eye --on-chip --controller loihi --eye-weights a.npz --payload 1 --video a.mp4",
        "run --controller pid --ki 3 --payload 2 --adaptive --keep-learned a.npz --ensembles 2",
        "run --interactive --controller loihi --smoothing-tau 0.01 --no-speed-limits --seed 3",
        "bench --controllers analytic adaptive-load --adaptive --spikes",
        "bench --controllers lab:net --backend emulator --trained a.npz --smoothing-tau 0.01",
        "bench --task seen --trained a.npz --smoothing-tau 0.01 --eye-weights a.npz --jumps 2",
        "stress --task seen --sights colour --scenes 3 --perturbations flashes",
        "stress --perturbations gravity --trained-weightless a.npz --rounds 3",
        "adapt --controllers analytic --neurons 300 --backend emulator --perturbations gravity=1",
    ],
)
def test_options_that_count_are_taken(words):
    name, *options = words.split()
    parse(name, options)


def resolve(part: Any, path: str) -> Any:
    """Find the field, or the group of fields, that a path names in a class of options."""
    first, _, rest = path.partition(".")
    (found,) = (one for one in fields(part) if one.name == first)
    return resolve(found.default_factory, rest) if rest else found


def groups(kind: Any) -> list[Any]:
    """List a class of options and the classes of the groups in it."""
    inside = [one.default_factory for one in fields(kind) if is_dataclass(one.default_factory)]
    return [kind, *(group for one in inside for group in groups(one))]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_declared_option_exists(name):
    for kind in groups(COMMANDS[name]):
        for base in kind.__mro__:
            for need in vars(base).get("NEEDS", ()):
                assert need.when.startswith(("with ", "without "))
                assert all(resolve(kind, path) for path in need.options)


def test_options_at_their_defaults_are_not_given():
    for name in ("run", "bench", "stress", "adapt", "see"):
        assert list(given_options(COMMANDS[name]())) == []


def test_one_refusal_names_all_options_of_a_group():
    class Kind(SeeCommand):
        NEEDS: ClassVar = (Need(("seeds", "jobs"), lambda one: False, "with the other leg"),)

    with pytest.raises(SpikearmError, match="--seeds, --first-seed and --jobs count only with the"):
        check_needs(Kind(seeds=Seeds(3, 5), jobs=2))
    check_needs(Kind())
