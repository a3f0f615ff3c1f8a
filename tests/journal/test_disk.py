"""A disk that is full or read-only is found out before a payment is taken, by really writing to it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_desktop.journal import disk
from pos_desktop.journal.disk import check_disk
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.journal.problems import CannotWrite
from tests.journal.test_journal import chain


def test_a_good_disk_passes_and_keeps_nothing(tmp_path: Path) -> None:
    check_disk(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="its disk is full"):
        check_disk(tmp_path, min_free=1 << 62)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "read-only"),
        (errno.EIO, "did not keep"),
    ],
)
def test_a_sync_that_fails_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(_fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(disk.os, "fsync", refuse)
    with pytest.raises(CannotWrite, match=words):
        check_disk(tmp_path)
    assert list(tmp_path.iterdir()) == []


def fill(journal: Journal, drafts: DraftStore) -> None:
    """Go on recording until no more fits."""
    for document in chain(2000):
        drafts.save("one", {"filler": "x" * 6000})
        journal.append(document)


def test_a_file_that_cannot_grow_is_a_full_disk(tmp_path: Path) -> None:
    journal, drafts = Journal(tmp_path / "journal.db"), DraftStore(tmp_path / "draft.db")
    journal._db.execute("PRAGMA max_page_count = 20")
    with pytest.raises(CannotWrite, match="disk is full"):
        fill(journal, drafts)
    kept = len(journal.since(1, 1))
    assert kept > 0
    journal._db.execute("PRAGMA max_page_count = 100000")
    journal.append(chain(kept + 1)[kept])
    assert len(journal.since(1, 1)) == kept + 1
    drafts.close()
    journal.close()


if hasattr(os, "geteuid") and os.geteuid() == 0:  # a file system of its own takes root

    @pytest.fixture
    def small_disk(tmp_path: Path) -> Iterator[Path]:
        """A file system of one megabyte."""
        place = tmp_path / "small"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=True)
        yield place
        subprocess.run(["umount", str(place)], check=True)

    def test_a_really_full_disk(small_disk: Path) -> None:
        journal, drafts = Journal(small_disk / "journal.db"), DraftStore(small_disk / "draft.db")
        check_disk(small_disk, min_free=0)
        with pytest.raises(CannotWrite, match="disk is full"):
            fill(journal, drafts)
        kept = len(journal.since(1, 1))
        (small_disk / "ballast").write_bytes(b"x" * shutil.disk_usage(small_disk).free)
        with pytest.raises(CannotWrite, match="disk is full"):
            check_disk(small_disk, min_free=0)
        (small_disk / "ballast").unlink()
        drafts.close()
        journal.close()
        reopened = Journal(small_disk / "journal.db")
        assert len(reopened.since(1, 1)) == kept > 0
        reopened.close()
