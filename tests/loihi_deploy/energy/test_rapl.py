"""The energy meter on folders made up as the kernel's, and on a clock that the test turns."""

from pathlib import Path

import pytest

from spikearm.loihi_deploy.energy.rapl import EnergyMeter, UnreadableMeterError, measure

MOST = 262_143_328_850  # uJ, a common range


def add_domain(root: Path, folder: str, name: str, energy: int, most: int = MOST) -> Path:
    (root / folder).mkdir(parents=True)
    (root / folder / "name").write_text(f"{name}\n")
    (root / folder / "max_energy_range_uj").write_text(f"{most}\n")
    counter = root / folder / "energy_uj"
    counter.write_text(f"{energy}\n")
    return counter


class Machine:
    """A package that takes 7 W, and for each call of some work, of 50 ms, 0.3 J more."""

    IDLE, CALL, DURATION = 7.0, 0.3, 0.05

    def __init__(self, root: Path, start: int = 0, most: int = MOST) -> None:
        self.counter = add_domain(root, "intel-rapl:0", "package-0", start, most)
        self.time, self.energy, self.start, self.most = 0.0, 0.0, start, most

    def clock(self) -> float:
        return self.time

    def wait(self, seconds: float, extra: float = 0.0) -> None:
        self.time += seconds
        self.energy += self.IDLE * seconds + extra
        self.counter.write_text(str((self.start + round(1e6 * self.energy)) % (self.most + 1)))

    def work(self) -> None:
        self.wait(self.DURATION, self.CALL)


def test_packages_are_added_up_and_what_is_in_them_is_not_counted_twice(tmp_path):
    (tmp_path / "intel-rapl").mkdir()  # the control type
    first = add_domain(tmp_path, "intel-rapl:0", "package-0", 1_000_000)
    second = add_domain(tmp_path, "intel-rapl:1", "package-1", 500)
    inner = add_domain(tmp_path, "intel-rapl:0:0", "core", 7)
    other = add_domain(tmp_path, "intel-rapl:2", "psys", 7)
    mirrored = add_domain(tmp_path, "intel-rapl-mmio:0", "package-0", 7)
    meter = EnergyMeter.find(tmp_path)
    before = meter.read()
    assert before == (1_000_000, 500)
    for counter, energy in ((first, 3_500_000), (second, 1_000_500), (inner, 10**9)):
        counter.write_text(str(energy))
    other.write_text("999999999")
    mirrored.write_text("999999999")
    assert meter.energy_between(before, meter.read()) == pytest.approx(2.5 + 1.0)


def test_a_counter_that_starts_anew_goes_on(tmp_path):
    counter = add_domain(tmp_path, "intel-rapl:0", "package-0", 9_999_000, most=9_999_999)
    meter = EnergyMeter.find(tmp_path)
    before = meter.read()
    counter.write_text("1500")
    assert meter.energy_between(before, meter.read()) == pytest.approx(2.5e-3)


@pytest.mark.parametrize(("start", "most"), [(0, MOST), (20_000_000, 29_999_999), (0, 29_999_999)])
def test_idle_power_is_taken_off_what_the_work_takes(tmp_path, start, most):
    # Idle 14 J, then 26 J: the second counter starts anew in the one, the third in the other.
    machine = Machine(tmp_path, start, most)
    meter = EnergyMeter.find(tmp_path)
    found = measure(machine.work, meter, 2.0, machine.clock, machine.wait)
    assert found.calls in (40, 41)  # as times are rounded
    assert found.idle_power == pytest.approx(7.0)
    assert found.energy == pytest.approx(0.3, rel=1e-4)
    assert found.busy_power == pytest.approx(7.0 + 0.3 / 0.05, rel=1e-4)


def test_work_that_takes_longer_than_the_time_asked_for_is_done_once(tmp_path):
    machine = Machine(tmp_path)
    meter = EnergyMeter.find(tmp_path)
    found = measure(lambda: machine.wait(5.0, 0.4), meter, 2.0, machine.clock, machine.wait)
    assert found.calls == 1
    assert found.energy == pytest.approx(0.4, rel=1e-4)


def test_work_that_takes_no_more_than_idling_is_no_measurement(tmp_path):
    machine = Machine(tmp_path)
    meter = EnergyMeter.find(tmp_path)

    def less() -> None:
        machine.wait(0.1, extra=-0.2)

    with pytest.raises(UnreadableMeterError, match="other programs run"):
        measure(less, meter, 2.0, machine.clock, machine.wait)


def test_a_machine_without_meters_says_so(tmp_path):
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UnreadableMeterError, match="shows no energy meter"):
            EnergyMeter.find(root)
    add_domain(tmp_path, "intel-rapl:0", "dram", 7)
    with pytest.raises(UnreadableMeterError, match="shows no energy meter"):
        EnergyMeter.find(tmp_path)


def test_a_meter_that_may_not_be_read_says_why(tmp_path, monkeypatch):
    counter = add_domain(tmp_path, "intel-rapl:0", "package-0", 7)
    read = Path.read_text

    def refuse(path: Path) -> str:
        if path == counter:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_text", refuse)  # root may read what has no permission
    with pytest.raises(UnreadableMeterError, match="energy_uj' cannot be read: Permission denied"):
        EnergyMeter.find(tmp_path)


def test_a_meter_that_shows_no_number_says_so(tmp_path):
    add_domain(tmp_path, "intel-rapl:0", "package-0", 7).write_text("enabled\n")
    with pytest.raises(UnreadableMeterError, match="cannot be read"):
        EnergyMeter.find(tmp_path)
