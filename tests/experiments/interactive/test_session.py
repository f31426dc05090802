"""The state of an interactive session: what keys and time make of it, without a window."""

import mujoco
import pytest

from spikearm.experiments.interactive.session import KEYS, MASS, MOST_MASS, PUSH, PUSH_TIME, Session

GROUPS = "012345"  # keys by which MuJoCo's window hides groups of geoms
WINDOW = "+-=[] "  # others that it uses, of those with a character


def pressed(keys: str, session: Session = Session(), time: float = 2.0) -> Session:
    for key in keys:
        session = session.pressed(key, time)
    return session


def test_no_key_is_one_that_the_window_uses():
    shortcuts = [row[2] for row in (*mujoco.mjVISSTRING, *mujoco.mjRNDSTRING)]
    assert "H" in shortcuts
    assert not set(KEYS) & {*shortcuts, *GROUPS, *WINDOW}
    assert not any(key.isalpha() for key in KEYS)  # its window uses nearly all letters


def test_every_key_has_words():
    assert all(binding.words for binding in KEYS.values())


def test_a_key_without_a_meaning_changes_nothing():
    session = pressed("668")
    assert pressed("1hX", session) == session


def test_loads_add_up_to_a_most_and_are_dropped_at_once():
    assert pressed("666").payload == pytest.approx(3 * MASS)
    assert pressed("6" * 50).payload == MOST_MASS
    assert pressed("667").payload == 0.0


def test_a_push_ends_and_the_next_comes_from_the_other_side():
    first = pressed("8")
    assert (first.push, first.push_end) == (PUSH, 2.0 + PUSH_TIME)
    assert first.at(2.0 + 0.9 * PUSH_TIME) == first
    over = first.at(2.0 + PUSH_TIME)
    assert over.push == 0.0
    assert pressed("8", over).push == -PUSH
    assert pressed("88").push == -PUSH


def test_a_second_pause_goes_on():
    assert pressed("9").waits
    assert not pressed("99").waits


def test_a_reset_forgets_all_but_that_it_happened():
    session = pressed("6689").halted("It was too fast.")
    assert pressed(".", session) == Session(resets=1)
    assert pressed("..", session).resets == 2


def test_an_arm_that_was_stopped_waits_until_it_is_put_back():
    session = pressed("8").halted("It was too fast.")
    assert session.waits
    assert session.push == 0.0
    assert pressed("99", session).waits
    assert not pressed(".", session).waits


def test_a_session_is_never_changed():
    session = Session()
    pressed("66879.", session)
    assert session == Session()
