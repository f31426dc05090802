"""Files of sweeps: the tasks that they stand for, their keys, and what is refused."""

from itertools import product
from pathlib import Path

import pytest

from spikearm.arm_models import ARMS, SpikearmError
from spikearm.experiments.commands.bench import BenchCommand
from spikearm.experiments.commands.sweep import SWEPT
from spikearm.experiments.sweep.options import build, options_of, values_of
from spikearm.experiments.sweep.shard import Shard
from spikearm.experiments.sweep.sweep_file import read_sweep
from spikearm.experiments.tasks.point_to_point import PointToPoint


def test_every_combination_is_a_task_with_the_options_of_all(tasks_of):
    tasks = tasks_of(
        'arm = ["gen3", "ur5e"]\ncontrollers = ["pd", ["analytic", "loihi"]]\n'
        "seed = { first = 3, last = 7, step = 2 }",
        "kp = 150",
    )
    found = [
        (
            one.command.plant.arm,
            one.command.controllers,
            one.command.seeds.all,
            one.command.gains.kp,
        )
        for one in tasks
    ]
    assert found == [
        (arm, controllers, range(seed, seed + 1), 150.0)
        for arm, controllers, seed in product(
            ["gen3", "ur5e"], [("pd",), ("analytic", "loihi")], [3, 5, 7]
        )
    ]
    assert tasks[0].label == "arm = gen3, controllers = pd, seed = 3"
    assert len({task.key for task in tasks}) == len(tasks)


def test_several_grids_are_gone_through_and_no_task_comes_twice(sweep_file):
    path = sweep_file("")
    path.write_text("[[grid]]\nkp = [100, 200]\n[[grid]]\nkp = [200, 300]\nko = [200]\n")
    tasks = read_sweep(path, SWEPT)
    assert [task.command.gains.kp for task in tasks] == [100.0, 200.0, 300.0]


def test_a_key_counts_what_a_run_is_and_not_how_it_is_written(tasks_of):
    (plain,) = tasks_of("seed = [0]")
    (spelled,) = tasks_of("kp = [200]", 'arm = "gen3"\nseed = 0\nfeedforward = "acceleration"')
    (other,) = tasks_of("seed = [1]")
    (stress,) = tasks_of("seed = [0]", "", "stress")
    assert plain.key == spelled.key
    assert len({plain.key, other.key, stress.key}) == 3


def test_a_file_counts_by_what_is_in_it(tasks_of, tmp_path):
    mjcf, moved = Path("one.xml"), Path("two.xml")
    mjcf.write_bytes(ARMS["ur5e"].mjcf.read_bytes())
    moved.write_bytes(mjcf.read_bytes())
    first, second = tasks_of('mjcf = ["one.xml"]')[0].key, tasks_of('mjcf = ["two.xml"]')[0].key
    assert first == second
    moved.write_bytes(mjcf.read_bytes() + b"\n<!-- changed -->")
    assert tasks_of('mjcf = ["two.xml"]')[0].key != first


@pytest.mark.parametrize("kind", SWEPT.values(), ids=SWEPT)
def test_every_option_of_a_command_can_be_set_and_is_read_back(kind):
    options = options_of(kind.command)
    assert {"arm", "controllers", "seed", "kp", "neurons", "variant", "trained"} < set(options)
    assert not {"out", "jobs", "report", "seeds", "first_seed"} & set(options)
    values = values_of(kind.command())
    given = {name: value for name, value in values.items() if value is not None}
    assert values_of(build(kind.command, given)) == values


def test_a_single_value_stands_for_a_list_of_one_and_an_integer_for_a_number():
    command = build(BenchCommand, {"controllers": "pd", "kp": 100, "joints": ["a", "b"]})
    assert (command.controllers, command.gains.kp) == (("pd",), 100.0)
    assert command.plant.joints == ("a", "b")


@pytest.mark.parametrize(
    ("grid", "options", "reason"),
    [
        ("speed = [1]", "", r"no option 'speed'. Options: active_share, .*\bcontrollers\b"),
        ("seeds = [1]", "", "no option 'seeds'"),
        ('kp = ["high"]', "", "'kp' is 'high', which is not possible: Expected float"),
        ("kp = [-1]", "", "kp -1 is not possible: give 0 or more"),
        ('variant = ["square"]', "", "'variant' is 'square'"),
        ("seed = [-1]", "", "Seed -1 is negative"),
        ('controllers = ["robot"]', "", "no controller 'robot'. Controllers: analytic"),
        ('arm = ["gen33"]', "", "no arm 'gen33'. Arms: gen3"),
        ("kp = 100", "", "'kp' of the grid has no values: give a list"),
        ("kp = []", "", "'kp' of the grid has no values"),
        ("seed = { first = 0 }", "", "range of axis 'seed' is wrong"),
        ("seed = { first = 0, last = 9, step = 0 }", "", "range of axis 'seed' is wrong"),
        ("seed = { first = 0, last = 9.5 }", "", "range of axis 'seed' is wrong"),
        ("seed = { first = 0, last = 9000000 }", "", "too many"),
        ("kp = [1]", "kp = 2", "'kp' is in the options and in the grid"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_the_file_and_what_is_allowed(
    tasks_of, grid, options, reason
):
    with pytest.raises(SpikearmError, match=f"(?s)'grid.toml': .*{reason}"):
        tasks_of(grid, options)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("= 3", "is no sweep: .*It has command, \\[options\\] and \\[grid\\]"),
        ("grids = 3", "is no sweep: .*unknown field grids"),
        ("grid = 3", "is no sweep: grid of grid.toml is wrong"),
        ('command = "train"', "no command 'train'. Commands: bench, stress"),
    ],
)
def test_a_file_of_another_kind_is_refused(sweep_file, text, reason):
    path = sweep_file("")
    path.write_text(text)
    with pytest.raises(SpikearmError, match=f"(?s){reason}"):
        read_sweep(path, SWEPT)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SpikearmError, match="Cannot read"):
        read_sweep(tmp_path / "none.toml", SWEPT)


def test_every_task_is_in_one_shard(tasks_of):
    tasks = tasks_of("seed = { first = 0, last = 10 }")
    shards = [Shard.parse(f"{number}/3").tasks(tasks) for number in (1, 2, 3)]
    assert sorted(task.key for shard in shards for task in shard) == sorted(
        task.key for task in tasks
    )
    assert [len(shard) for shard in shards] == [4, 4, 3]


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "-1/3", "1/0"])
def test_a_shard_that_is_none_is_refused(text):
    with pytest.raises(SpikearmError, match="shard"):
        Shard.parse(text)


def test_the_task_can_be_swept_and_only_one_that_is_planned_ahead():
    assert build(BenchCommand, {"task": "workspace", "targets": 3}).reaching == PointToPoint(3)
    with pytest.raises(SpikearmError, match="not swept"):
        build(BenchCommand, {"task": "seen"}).experiment()
