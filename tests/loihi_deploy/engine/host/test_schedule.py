"""The host's program, reordered and joined: it does what its instructions did one by one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import NamedTuple

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.loihi_deploy.engine.host import blas, operations, ufuncs
from spikearm.loihi_deploy.engine.host.instructions import Instruction, Operand
from spikearm.loihi_deploy.engine.host.kernels.functions import scratch_size
from spikearm.loihi_deploy.engine.host.kernels.program import run_host
from spikearm.loihi_deploy.engine.host.schedule import join, schedule
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.loihi_deploy.simulator import Simulator

pytestmark = pytest.mark.filterwarnings("ignore:Model is precomputable:UserWarning")

PART = 40  # items of each part of a program
N_PARTS = 5
N_SIGNALS = N_PARTS * PART
N_STEPS = 3
DT = 0.001  # s
NAMES = {
    operations.TIME: "time", operations.COPY: "copy", operations.ADD: "add",
    operations.MULTIPLY_ADD: "multiply_add", operations.ROWS_ADD: "rows_add",
    operations.MATRIX_ADD: "matrix_add", operations.LOWPASS: "lowpass",
    operations.SPIKING_RECTIFIED_LINEAR: "spiking_rectified_linear", operations.LIF: "lif",
    operations.SEND: "send",
    operations.ERROR: "error", operations.CHECK: "check",
}  # fmt: skip
OPS = [op for op in NAMES if op not in (operations.TIME, operations.SEND)]
if not blas.FOUND:
    OPS.remove(operations.MATRIX_ADD)
if len(ufuncs.FOUND) < 4:
    OPS.remove(operations.LIF)
LIF = nengo.LIF(tau_rc=0.03, min_voltage=-0.5, amplitude=0.7)
KEEPING = (operations.LOWPASS, operations.SPIKING_RECTIFIED_LINEAR, operations.LIF)  # a state, in a
WITH_A = (operations.MULTIPLY_ADD, *KEEPING)
AT_INTERFACE = (operations.SEND, operations.ERROR, operations.CHECK)


@dataclass
class Machine:
    """What instructions work on."""

    memory: np.ndarray
    links: np.ndarray
    n_inputs: int
    n_errors: int
    ticks: np.ndarray = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    alarms: np.ndarray = field(default_factory=lambda: np.zeros(1, dtype=np.int64))

    def __post_init__(self) -> None:
        self.memory = self.memory.copy()
        self.sent = np.zeros(self.n_inputs * PART, dtype=np.int32)
        self.sent_start = np.zeros(self.n_inputs + 1, dtype=np.int32)
        self.errors = np.zeros(self.n_errors, dtype=np.int32)

    def run(self, instructions: Sequence[Instruction]) -> None:
        """Run instructions in machine code."""
        numbers = [instruction.numbers for instruction in instructions]
        program = np.array(numbers, dtype=np.int64).reshape(-1, operations.WIDTH)
        run_host(
            self.memory, program, 0, len(program), self.ticks, self.links, self.sent,
            self.sent_start, self.errors, self.alarms,
        )  # fmt: skip

    def obey(self, instruction: Instruction) -> None:
        """Do in NumPy what an instruction says; where it says how many sets, there must be one."""
        assert instruction.m == 1
        y, x, a, b = (
            places(one, instruction.n)
            for one in (instruction.y, instruction.x, instruction.a, instruction.b)
        )
        memory = self.memory
        if instruction.op == operations.TIME:
            self.ticks += 1
            memory[y] = self.ticks * memory[x]
        elif instruction.op == operations.COPY:
            memory[y] = memory[x]
        elif instruction.op == operations.ADD:
            memory[y] += memory[x]
        elif instruction.op == operations.MULTIPLY_ADD:
            memory[y] += memory[a] * memory[x]
        elif instruction.op == operations.ROWS_ADD:
            memory[y] += memory[a] * memory[self.links[b]]
        elif instruction.op == operations.MATRIX_ADD:
            d = instruction.b[1]
            A = memory[instruction.a[0] :][: instruction.n * d].reshape(instruction.n, d)
            memory[y] += A.dot(memory[instruction.x[0] :][:d])
        elif instruction.op == operations.LOWPASS:
            decay, gain = memory[instruction.b[0]], memory[instruction.b[0] + 1]
            memory[a] = decay * memory[a] + gain * memory[x]
            memory[y] = memory[a]
        elif instruction.op == operations.SPIKING_RECTIFIED_LINEAR:
            dt, height = memory[instruction.b[0]], memory[instruction.b[0] + 1]
            memory[a] += np.maximum(memory[x], 0) * dt
            spikes = np.floor(memory[a])
            memory[a] -= spikes
            memory[y] = height * spikes
        elif instruction.op == operations.LIF:
            waiting = places(instruction.c, instruction.n)
            states = {"voltage": memory[a], "refractory_time": memory[waiting]}
            output = np.zeros(instruction.n)
            LIF.step(DT, memory[x], output, **states)
            memory[y], memory[a], memory[waiting] = output, *states.values()
        elif instruction.op == operations.SEND:
            fired, start = np.flatnonzero(memory[x]), self.sent_start[instruction.y[0]]
            self.sent[start : start + len(fired)] = fired
            self.sent_start[instruction.y[0] + 1] = start + len(fired)
        elif instruction.op == operations.ERROR:
            error = np.rint(memory[instruction.a[0]] * memory[x])
            self.alarms |= operations.ERROR_ABOVE * (error > 127).any()
            self.alarms |= operations.ERROR_BELOW * (error < -127).any()
            self.errors[y] = np.clip(error, -127, 127)
        else:
            assert instruction.op == operations.CHECK
            self.alarms |= operations.NOT_FINITE * (not np.isfinite(memory[x]).all())

    def assert_like(self, other: "Machine") -> None:
        np.testing.assert_array_equal(self.memory[:N_SIGNALS], other.memory[:N_SIGNALS])
        np.testing.assert_array_equal(self.sent_start, other.sent_start)
        n_sent = self.sent_start[-1]
        np.testing.assert_array_equal(self.sent[:n_sent], other.sent[:n_sent])
        np.testing.assert_array_equal(self.errors, other.errors)
        assert self.alarms.tolist() == other.alarms.tolist()
        assert self.ticks.tolist() == other.ticks.tolist()


def places(operand: Operand, n: int) -> np.ndarray:
    first, step, _ = operand
    return first + step * np.arange(n)


class Program(NamedTuple):
    """Lines in an order that is right, and what they work on.

    Attributes:
        instructions: All but what is sent.
        sends: What is sent, input by input.
        machine: Memory and links, before the first step.
    """

    instructions: list[Instruction]
    sends: list[Instruction]
    machine: Machine

    @property
    def scheduled(self) -> list[Instruction]:
        return schedule(self.instructions, self.machine.links.tolist(), N_SIGNALS) + join(
            self.sends
        )

    def fresh(self) -> Machine:
        machine = self.machine
        return Machine(machine.memory, machine.links, machine.n_inputs, machine.n_errors)


class ProgramMaker:
    """Draws programs of several parts that are alike, merged at random, and of others."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.constants: list[float] = []
        self.links: list[int] = []
        self.n_errors = 0

    def make(self) -> Program:
        rng = self.rng
        templates = [self.draw_line(PART) for _ in range(rng.integers(3, 9))]
        parts = [[self.placed(one, PART * k) for one in templates] for k in range(N_PARTS)]
        instructions = self.merged(parts)
        for _ in range(rng.integers(0, 5)):
            other = self.placed(self.draw_line(N_SIGNALS), 0)
            instructions.insert(int(rng.integers(len(instructions) + 1)), other)
        time = int(rng.integers(N_SIGNALS))
        instructions.insert(0, Instruction(operations.TIME, 1, y=(time, 0, 0), x=self.constant(DT)))
        sends = list(self.draw_sends())
        memory = rng.normal(size=N_SIGNALS) * 10.0 ** rng.uniform(-1, 1, size=N_SIGNALS)
        memory[rng.random(N_SIGNALS) < 0.3] = 0.0
        if rng.random() < 0.2:
            memory[rng.integers(N_SIGNALS)] = rng.choice([np.nan, np.inf, -np.inf])
        memory = np.concatenate([memory, self.constants, np.zeros(scratch_size(N_SIGNALS))])
        links = np.array(self.links, dtype=np.int64)
        return Program(instructions, sends, Machine(memory, links, len(sends), self.n_errors))

    def merged(self, parts: Sequence[Sequence[Instruction]]) -> list[Instruction]:
        """Merge sequences, each in its own order."""
        turns = np.repeat(np.arange(len(parts)), len(parts[0]))
        if self.rng.random() < 0.5:
            self.rng.shuffle(turns)
        left = [iter(part) for part in parts]
        return [next(left[turn]) for turn in turns]

    def constant(self, *values: float) -> Operand:
        self.constants.extend(values)
        return N_SIGNALS + len(self.constants) - len(values), 0, 0

    def draw_line(self, within: int) -> Instruction:
        """Draw an instruction without constants; its vectors lie apart, as Nengo's signals do."""
        rng = self.rng
        op = int(rng.choice(OPS))
        n = int(rng.integers(1, 5))
        d = int(rng.integers(2, 6))  # columns of a matrix
        free = set(range(within))
        if op in AT_INTERFACE:
            return Instruction(op, n, x=self.draw_vector(n, free))
        y = self.draw_vector(n, free)
        if op == operations.MATRIX_ADD:
            return Instruction(op, n, y=y, x=self.draw_vector(d, free, steps=(1,)), b=(0, d, 0))
        steps = (
            (1, 0) if op in (operations.COPY, operations.ADD, operations.MULTIPLY_ADD) else (1, 2)
        )
        x = self.draw_vector(n, free, steps=steps)
        a = self.draw_vector(n, free, steps=(1,)) if op in WITH_A else (0, 0, 0)
        c = self.draw_vector(n, free, steps=(1,)) if op == operations.LIF else (0, 0, 0)
        return Instruction(op, n, y=y, x=x, a=a, c=c)

    def draw_vector(self, n: int, free: set[int], steps: Sequence[int] = (1, 2, -1)) -> Operand:
        """Draw a vector among places that are free, and take them."""
        while True:
            step = int(self.rng.choice(steps)) if n > 1 else int(self.rng.choice([0, 1]))
            operand = int(self.rng.choice(sorted(free))), step, 0
            taken = set(places(operand, n).tolist())
            if taken <= free:
                free -= taken
                return operand

    def placed(self, instruction: Instruction, first: int) -> Instruction:
        """Put an instruction into its part of the memory, and add the constants that it needs."""
        rng, n = self.rng, instruction.n
        y, x, a, c = (
            (at + first, step, 0)
            for at, step, _ in (instruction.y, instruction.x, instruction.a, instruction.c)
        )
        if instruction.op == operations.ROWS_ADD:
            weights, *_ = self.constant(*rng.normal(size=n))
            self.links.extend(places(x, n).tolist())
            link = len(self.links) - n
            return Instruction(instruction.op, n, y=y, a=(weights, 1, 0), b=(link, 1, 0))
        if instruction.op == operations.MATRIX_ADD:
            d = instruction.b[1]
            weights = self.constant(*rng.normal(size=n * d))
            scratch, *_ = self.constant(*np.zeros(n))
            return Instruction(instruction.op, n, y=y, x=x, a=weights, b=(scratch, d, 0))
        if instruction.op == operations.ERROR:
            self.n_errors += n
            scale = self.constant(rng.choice([10.0, 100.0]))
            return Instruction(instruction.op, n, y=(self.n_errors - n, 1, 0), x=x, a=scale)
        if instruction.op == operations.CHECK:
            return Instruction(instruction.op, n, x=x)
        if instruction.op == operations.LIF:
            rule = self.constant(DT, LIF.tau_rc, LIF.tau_ref, LIF.min_voltage, LIF.amplitude / DT)
            return Instruction(instruction.op, n, y=y, x=x, a=a, b=rule, c=c)
        if instruction.op in KEEPING:
            return Instruction(
                instruction.op, n, y=y, x=x, a=a, b=self.constant(*rng.uniform(0.1, 0.9, size=2))
            )
        return Instruction(
            instruction.op, n, y=y, x=x, a=a if instruction.op in WITH_A else (0, 0, 0)
        )

    def draw_sends(self) -> Iterator[Instruction]:
        """Send vectors of some sizes, now and then of the same size as the one before."""
        n = 1
        for number in range(self.rng.integers(2, 8)):
            n = int(self.rng.integers(1, 6)) if self.rng.random() < 0.5 else n
            first = int(self.rng.integers(N_SIGNALS - n))
            yield Instruction(operations.SEND, n, y=(number, 0, 0), x=(first, 1, 0))


def random_programs(n: int) -> list[Program]:
    return [ProgramMaker(np.random.default_rng(seed)).make() for seed in range(n)]


def singles(instruction: Instruction) -> list[Instruction]:
    """Take a joined instruction apart."""

    def moved(operand: Operand, k: int) -> Operand:
        first, step, apart = operand
        return first + k * apart, step, 0

    return [
        replace(
            instruction,
            m=1,
            y=moved(instruction.y, k),
            x=moved(instruction.x, k),
            a=moved(instruction.a, k),
            b=moved(instruction.b, k),
            c=moved(instruction.c, k),
        )
        for k in range(instruction.m)
    ]


class Touched(NamedTuple):
    """Items of signals that an instruction uses."""

    read: frozenset[int]
    written: frozenset[int]


def touched(instruction: Instruction, links: np.ndarray) -> Touched:
    y, x, a, b = (
        places(one, instruction.n).tolist()
        for one in (instruction.y, instruction.x, instruction.a, instruction.b)
    )
    if instruction.op == operations.ROWS_ADD:
        x = links[b].tolist()
    if instruction.op == operations.MATRIX_ADD:
        x = list(range(instruction.x[0], instruction.x[0] + instruction.b[1]))
    c = places(instruction.c, instruction.n).tolist() if instruction.op == operations.LIF else []
    kept = [*(a if instruction.op in KEEPING else []), *c]
    written = [] if instruction.op in AT_INTERFACE else y + kept
    read = [*x, *(a if instruction.op in WITH_A else []), *c]
    return Touched(
        frozenset(one for one in read if one < N_SIGNALS), frozenset(written)
    )  # constants never change


def depend(one: Touched, other: Touched) -> bool:
    return bool(
        one.written & (other.read | other.written) or other.written & (one.read | one.written)
    )


PROGRAMS = random_programs(150)


def test_random_programs_do_the_same_scheduled_and_joined_as_line_by_line():
    alarms, sent, errors = set(), set(), set()
    for program in PROGRAMS:
        by_hand, one_by_one, scheduled = program.fresh(), program.fresh(), program.fresh()
        in_order, instructions = [*program.instructions, *program.sends], program.scheduled
        for _ in range(N_STEPS):
            with np.errstate(all="ignore"):
                for instruction in in_order:
                    by_hand.obey(instruction)
            one_by_one.run(in_order)
            scheduled.run(instructions)
            one_by_one.assert_like(by_hand)
            scheduled.assert_like(by_hand)
        assert (by_hand.memory != program.machine.memory).any()
        alarms |= {alarm for alarm in (1, 2, 4) if by_hand.alarms[0] & alarm}
        sent.add(int(by_hand.sent_start[-1]))
        errors |= set(by_hand.errors.tolist())
    assert alarms == {operations.ERROR_ABOVE, operations.ERROR_BELOW, operations.NOT_FINITE}
    assert len(sent) > 5 and len(errors) > 20


def test_in_these_programs_every_kind_of_line_but_errors_is_joined_and_few_lines_remain():
    joined, before, after = Counter(), 0, 0
    for program in PROGRAMS:
        scheduled = program.scheduled
        before += len(program.instructions) + len(program.sends)
        after += len(scheduled)
        joined.update(NAMES[instruction.op] for instruction in scheduled if instruction.m > 1)
    assert set(joined) == {NAMES[op] for op in (*OPS, operations.SEND)} - {"error"}
    assert min(joined.values()) > 10
    assert after < 0.6 * before


def test_nothing_is_lost_and_lines_that_depend_on_each_other_keep_their_order_unjoined():
    dependent, turned = 0, 0
    for program in PROGRAMS:
        links = program.machine.links
        scheduled = schedule(program.instructions, links.tolist(), N_SIGNALS)
        assert Counter(one for instruction in scheduled for one in singles(instruction)) == Counter(
            program.instructions
        )
        place = {one: k for k, instruction in enumerate(scheduled) for one in singles(instruction)}
        uses = [
            (place[instruction], touched(instruction, links))
            for instruction in program.instructions
        ]
        for (first, one), (second, other) in combinations(uses, 2):
            if depend(one, other):
                assert first < second or one == other
                dependent += 1
            turned += first > second
    assert dependent > 1000 and turned > 1000


def chain(n: int, apart: int) -> list[Instruction]:
    """Add each of some vectors to the next one: as like as can be, but one after the other."""
    return [
        Instruction(operations.ADD, 2, y=(apart * (k + 1), 1, 0), x=(apart * k, 1, 0))
        for k in range(n)
    ]


@pytest.mark.parametrize("apart", [1, 2])
def test_like_lines_that_depend_on_one_another_are_never_joined(apart):
    instructions = chain(6, apart)
    assert schedule(instructions, [], N_SIGNALS) == instructions


def test_like_lines_that_depend_on_nothing_are_one():
    instructions = [
        Instruction(operations.ADD, 2, y=(4 * k, 1, 0), x=(4 * k + 2, 1, 0)) for k in range(6)
    ]
    (instruction,) = schedule(instructions[::-1], [], N_SIGNALS)
    assert instruction == Instruction(operations.ADD, 2, y=(0, 1, 4), x=(2, 1, 4), m=6)


def test_lines_at_other_distances_are_left_apart():
    firsts = [0, 4, 8, 13, 20, 27]
    instructions = [
        Instruction(operations.COPY, 2, y=(first, 1, 0), x=(60, 1, 0)) for first in firsts
    ]
    joined = schedule(instructions, [], N_SIGNALS)
    assert [(instruction.y, instruction.m) for instruction in joined] == [
        ((0, 1, 4), 3),
        ((13, 1, 7), 3),
    ]


def test_two_lines_that_write_the_same_place_keep_their_order():
    instructions = [
        Instruction(operations.COPY, 1, y=(0, 0, 0), x=(first, 0, 0)) for first in (9, 5, 7)
    ]
    assert schedule(instructions, [], N_SIGNALS) == instructions


def test_what_is_read_and_then_replaced_is_read_first():
    reads = Instruction(operations.COPY, 1, y=(0, 0, 0), x=(9, 0, 0))
    replaces = Instruction(operations.COPY, 1, y=(9, 0, 0), x=(N_SIGNALS, 0, 0))
    assert schedule([reads, replaces], [], N_SIGNALS) == [reads, replaces]
    assert schedule([replaces, reads], [], N_SIGNALS) == [replaces, reads]


@pytest.mark.parametrize("sizes", [(3, 1, 2), (1, 2, 3, 3, 3, 1), (2, 2, 2, 2)])
def test_what_is_sent_keeps_its_order_whatever_its_size(sizes):
    """The start of each input's spikes is the end of those of the input before."""
    firsts = np.cumsum([0, *sizes])
    sends = [
        Instruction(operations.SEND, n, y=(number, 0, 0), x=(int(firsts[number]), 1, 0))
        for number, n in enumerate(sizes)
    ]
    instructions = join(sends)
    numbers = [one.y[0] for instruction in instructions for one in singles(instruction)]
    assert numbers == list(range(len(sizes)))
    assert len(instructions) == len(sizes) - sum(n == m for n, m in pairwise(sizes))
    machine = Machine(np.ones(N_SIGNALS), np.zeros(0, dtype=np.int64), len(sizes), 0)
    machine.run(instructions)
    assert machine.sent_start.tolist() == firsts.tolist()
    assert machine.sent[: firsts[-1]].tolist() == [k for n in sizes for k in range(n)]


@pytest.mark.skipif(
    not blas.FOUND, reason="without a BLAS of NumPy's own, no instruction is a product"
)
@pytest.mark.parametrize(("n_sets", "n_rows", "n_columns"), [(7, 2, 3), (3, 4, 2), (5, 1, 4)])
def test_a_joined_product_is_right_with_more_sets_than_rows_and_with_fewer(
    n_sets, n_rows, n_columns
):
    rng = np.random.default_rng(3)
    apart = n_columns + n_rows
    constants = n_sets * n_rows * (n_columns + 1)
    memory = rng.normal(size=N_SIGNALS + constants)
    matrices = N_SIGNALS + n_sets * n_rows
    instructions = [
        Instruction(
            operations.MATRIX_ADD, n_rows, y=(apart * k + n_columns, 1, 0), x=(apart * k, 1, 0),
            a=(matrices + n_rows * n_columns * k, 0, 0), b=(N_SIGNALS + n_rows * k, n_columns, 0),
        )
        for k in range(n_sets)
    ]  # fmt: skip
    (instruction,) = schedule(instructions, [], N_SIGNALS)
    assert instruction.m == n_sets
    machine = Machine(memory, np.zeros(0, dtype=np.int64), 1, 0)
    machine.run([instruction])
    expected = memory[:N_SIGNALS].copy()
    for k in range(n_sets):
        x = expected[apart * k :][:n_columns]
        A = memory[matrices:].reshape(-1, n_rows, n_columns)[k]
        expected[apart * k + n_columns :][:n_rows] += A.dot(x)
    np.testing.assert_array_equal(machine.memory[:N_SIGNALS], expected)
    assert (expected != memory[:N_SIGNALS]).sum() == n_sets * n_rows


class Made(NamedTuple):
    network: nengo.Network
    received: list[np.ndarray]


def like_parts(sizes: Sequence[int]) -> Made:
    """Send numbers through populations and back, each in a part of its own."""
    received: list[np.ndarray] = []
    relu = nengo.SpikingRectifiedLinear(initial_state={"voltage": nengo.dists.Choice([0])})
    with nengo.Network(seed=5) as network:
        gathered = nengo.Node(
            lambda t, x: received.append(x.copy()), size_in=sum(sizes), label="gathered"
        )
        for k, n in enumerate(sizes):
            given = nengo.Node(lambda t, n=n: np.sin(20 * t + np.arange(n)), label=f"given {k}")
            a = nengo.Ensemble(20, n, neuron_type=relu, label=f"a {k}")
            nengo.Connection(given, a, synapse=0.005)
            out = gathered[sum(sizes[:k]) : sum(sizes[:k]) + n]
            nengo.Connection(a, out, synapse=0.01)
    return Made(network, received)


def run(simulator: type, made: Made) -> np.ndarray:
    with simulator(made.network, target="sim", precompute=False) as sim:
        made.received.clear()
        sim.run_steps(60)
        return np.array(made.received)


class Written(NamedTuple):
    program: np.ndarray
    n_operators: int


def write(made: Made) -> Written:
    with Simulator(made.network, precompute=False) as sim:
        runner = sim._runner
        assert isinstance(runner, Exchange)
        return Written(runner._host.program, len(sim.sims["host"]._step_order))


def test_a_network_of_more_like_parts_takes_no_more_lines():
    few, many = write(like_parts((2,) * 3)), write(like_parts((2,) * 12))
    assert many.n_operators > few.n_operators + 9 * 10
    assert len(few.program) == len(many.program)


@pytest.mark.parametrize("sizes", [(3, 1, 2), (1, 1, 3, 2, 2, 2)])
def test_inputs_of_several_sizes_are_sent_in_the_chip_s_order(sizes):
    made = like_parts(sizes)
    program = write(made).program
    sends = program[program[:, 0] == operations.SEND]
    np.testing.assert_array_equal(program[-len(sends) :], sends)  # the last instructions
    numbers = [number + k * apart for _, m, _, number, _, apart, *_ in sends for k in range(m)]
    assert numbers == list(range(len(sizes)))
    assert len(set(sends[:, 2])) > 1
    theirs = run(nengo_loihi.Simulator, made)
    np.testing.assert_array_equal(run(Simulator, made), theirs)
    assert (np.abs(theirs).max(axis=0) > 0.1).all()
