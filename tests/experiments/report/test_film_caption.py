"""Caption and inset of frames."""

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.report.film_caption import BAR, HAND, IDEAL, INSET, MARGIN, Caption

AXES = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])  # the picture shows y to the right and z up
GREY = np.full((480, 640, 3), 90, dtype=np.uint8)
N_STEPS = 101


def bowed(direction: str, height: float) -> RecordedReach:
    """A motion of 0.2 m along y that rises by a height halfway."""
    motion = blank_trajectory(N_STEPS, 2)
    share = np.linspace(0.0, 1.0, N_STEPS)
    motion.time[:] = 0.01 * np.arange(1, N_STEPS + 1)
    motion.reference_position[:, 1] = 0.2 * (share if direction == "out" else 1 - share)
    motion.hand_position[:] = motion.reference_position
    motion.hand_position[:, 2] += height * np.sin(np.pi * share)
    return RecordedReach("loihi", False, 3, 4, direction, motion)


@pytest.fixture
def caption() -> Caption:
    return Caption([bowed("out", 0.001), bowed("back", 0.0005)], AXES)


def inset_of(frame: np.ndarray) -> np.ndarray:
    return frame[MARGIN : MARGIN + INSET, -MARGIN - INSET : -MARGIN].astype(int)


def rows_of(picture: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    """Find the rows in which something has nearly a colour; thin lines are mixed with paper."""
    return np.flatnonzero((np.abs(picture - color).max(axis=2) < 130).any(axis=1))


def test_the_caption_names_controller_motion_time_and_error(caption):
    assert caption.lines(0, 50)[0] == "loihi, to target 5: 0.51 s, 1.00 mm from the ideal position"
    assert caption.lines(1, 50)[0].startswith("loihi, back to the start: 0.51 s, 0.50 mm from")


def test_the_caption_says_by_how_much_the_inset_enlarges(caption):
    assert caption.factor == 60.0  # 60 mm of the 200 mm
    assert caption.lines(0, 0)[1] == ("Inset: deviation from the straight line, 60 times as large")


def test_a_frame_keeps_what_lies_beside_caption_and_inset(caption):
    frame = caption.added_to(GREY, 0, 50)
    assert frame.shape == GREY.shape
    changed = np.abs(frame.astype(int) - GREY).max(axis=2) > 0
    assert changed[-BAR:].all()
    assert changed[MARGIN : MARGIN + INSET, -MARGIN - INSET : -MARGIN].all()
    changed[-BAR:] = changed[MARGIN : MARGIN + INSET, -MARGIN - INSET : -MARGIN] = False
    assert not changed.any()


def test_the_inset_shows_the_path_so_far_above_its_line(caption):
    start, half, whole = (inset_of(caption.added_to(GREY, 0, step)) for step in (5, 50, 100))
    columns = [np.flatnonzero((np.abs(one - HAND).max(axis=2) < 40).any(axis=0)) for one in
               (start, half, whole)]  # fmt: skip
    assert np.ptp(columns[1]) == pytest.approx(0.84 * INSET / 2, abs=4)
    assert np.ptp(columns[2]) == pytest.approx(0.84 * INSET, abs=4)
    assert columns[0].size == 0 or np.ptp(columns[0]) < 15
    line, bow = rows_of(start, IDEAL), rows_of(whole, HAND)
    assert np.ptp(line) <= 2
    # 60 mm of the 200 mm that are drawn over 0.84 of the inset's width.
    assert line.mean() - bow.min() == pytest.approx(0.3 * 0.84 * INSET, abs=3)


def test_a_motion_that_is_over_stays_in_the_inset(caption):
    first = inset_of(caption.added_to(GREY, 1, 0))
    alone = inset_of(Caption([bowed("out", 0.001)], AXES).added_to(GREY, 0, 0))
    assert (np.abs(first - alone).max(axis=2) > 30).sum() > 50
