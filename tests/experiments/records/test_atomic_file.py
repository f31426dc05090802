"""Files that appear whole or not at all."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.records.atomic_file import atomic_file

OLD, NEW = "Three years of work.", "Three years and a day."


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_when_the_block_ends_and_not_before(tmp_path):
    path = tmp_path / "page.html"
    with atomic_file(path) as draft:
        draft.write_text(NEW)
        assert not path.exists()
    assert path.read_text() == NEW
    assert names(tmp_path) == ["page.html"]


def test_the_draft_can_be_renamed_into_place_and_tells_its_kind(tmp_path):
    path = tmp_path / "film.mp4"
    with atomic_file(path) as draft:
        assert draft.parent == tmp_path  # renaming across file systems would copy
        assert draft.suffix == ".mp4"  # writers choose the format by it
        assert draft.name.startswith(".")
        assert draft != path


def test_the_file_can_be_read_by_others(tmp_path):
    path = tmp_path / "page.html"
    with atomic_file(path) as draft:
        draft.write_text(NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_folder_that_is_missing_is_made(tmp_path):
    path = tmp_path / "one" / "two" / "page.html"
    with atomic_file(path) as draft:
        draft.write_text(NEW)
    assert path.read_text() == NEW


def test_an_earlier_file_is_replaced_at_once(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(OLD)
    with atomic_file(path) as draft:
        draft.write_text(NEW)
        assert path.read_text() == OLD
    assert path.read_text() == NEW


@pytest.mark.parametrize("old", [None, OLD])
def test_an_error_passes_through_and_leaves_what_was_there(tmp_path, old):
    path = tmp_path / "page.html"
    if old is not None:
        path.write_text(old)
    with pytest.raises(ZeroDivisionError, match="seven"), atomic_file(path) as draft:
        draft.write_text(NEW)
        raise ZeroDivisionError("seven by nothing")
    assert names(tmp_path) == ([] if old is None else ["page.html"])
    assert old is None or path.read_text() == old


def test_a_full_disk_is_explained_and_leaves_what_was_there(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(OLD)
    with (
        pytest.raises(SpikearmError, match=r"page\.html.*No space left.*free the disk") as failed,
        atomic_file(path) as draft,
    ):
        draft.write_text(NEW)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert isinstance(failed.value.__cause__, OSError)
    assert names(tmp_path) == ["page.html"]
    assert path.read_text() == OLD


def test_an_os_error_without_a_number_is_explained_in_its_own_words(tmp_path):
    with pytest.raises(SpikearmError, match="pipe to the encoder"), atomic_file(tmp_path / "film"):
        raise OSError("The pipe to the encoder broke")
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_explained_before_the_block_begins(tmp_path):
    (tmp_path / "file").write_text(OLD)
    with (
        pytest.raises(SpikearmError, match=r"Cannot write '.*file/page\.html'"),
        atomic_file(tmp_path / "file" / "page.html"),
    ):
        pytest.fail("the block began")
    assert (tmp_path / "file").read_text() == OLD


@pytest.mark.parametrize("old", [None, OLD])
def test_ctrl_c_leaves_what_was_there(tmp_path, old):
    path = tmp_path / "page.html"
    if old is not None:
        path.write_text(old)
    with pytest.raises(KeyboardInterrupt), atomic_file(path) as draft:
        draft.write_text(NEW[:9])
        raise KeyboardInterrupt
    assert names(tmp_path) == ([] if old is None else ["page.html"])
    assert old is None or path.read_text() == old


def test_ctrl_c_keeps_what_was_written_where_half_is_of_use(tmp_path):
    path = tmp_path / "film.mp4"
    with (
        pytest.raises(KeyboardInterrupt),
        atomic_file(path, keep_on_interrupt=True) as draft,
    ):
        draft.write_text("The first half")
        raise KeyboardInterrupt
    assert path.read_text() == "The first half"
    assert names(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("old", [None, OLD])
def test_ctrl_c_before_anything_was_written_leaves_what_was_there(tmp_path, old):
    path = tmp_path / "film.mp4"
    if old is not None:
        path.write_text(old)
    with pytest.raises(KeyboardInterrupt), atomic_file(path, keep_on_interrupt=True):
        raise KeyboardInterrupt
    assert names(tmp_path) == ([] if old is None else ["film.mp4"])
    assert old is None or path.read_text() == old


def test_an_empty_draft_is_dropped(tmp_path):
    path = tmp_path / "page.html"
    with atomic_file(path) as draft:
        assert draft.exists()
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [None, ZeroDivisionError, OSError, KeyboardInterrupt])
def test_folders_that_were_made_for_nothing_are_removed(tmp_path, error):
    (tmp_path / "mine").mkdir()
    path = tmp_path / "mine" / "one" / "two" / "page.html"
    with suppress(ZeroDivisionError, SpikearmError, KeyboardInterrupt), atomic_file(path) as draft:
        assert draft.parent.is_dir()
        if error is not None:
            draft.write_text(NEW)
            raise error
    assert names(tmp_path) == ["mine"]  # it is empty too, but it was there before
    assert names(tmp_path / "mine") == []


def test_a_new_folder_that_holds_another_file_stays(tmp_path):
    path = tmp_path / "one" / "two" / "page.html"
    with pytest.raises(ZeroDivisionError), atomic_file(path):
        (tmp_path / "one" / "notes.txt").write_text(OLD)
        raise ZeroDivisionError
    assert names(tmp_path / "one") == ["notes.txt"]
