"""The journal's second copy: it has every row, its troubles stop nobody, and it stands in for a lost disk."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from pos_desktop.errors import UserError
from pos_desktop.journal.check import check_journal
from pos_desktop.journal.journal import Journal, Taken
from pos_desktop.journal.store import open_store
from pos_desktop.journal.tables import KEEP_MS, SCHEMA, UPGRADES
from tests.journal.test_journal import chain


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A folder on the other disk."""
    folder = tmp_path / "second"
    folder.mkdir()
    return folder


def rows(path: Path) -> list[object]:
    """Everything in a journal."""
    with sqlite3.connect(path) as db:
        found = [
            db.execute(f"SELECT * FROM {t} ORDER BY 1").fetchall()
            for t in ("owner", "intent", "state", "accepted")
        ]
    db.close()
    return found  # type: ignore[return-value]


def fill(journal: Journal, count: int = 4, first: int = 0) -> None:
    """Some documents: answered, accepted alone, printed, pruned."""
    journal.claim(1, 1)
    documents = chain(first + count)[first:]
    for number, document in enumerate(documents):
        journal.append(document, Taken(True, 100, 5) if number == count - 1 else None)
        if number < count - 1:
            journal.acknowledge(document.id, "booked", {"flags": []}, (first + number) * KEEP_MS)
            journal.mark_printed(document.id)


def test_both_disks_have_the_same_rows(tmp_path: Path, second: Path) -> None:
    journal = Journal(tmp_path / "journal.db", second)
    fill(journal)
    assert journal.prune() > 0
    assert journal.mirror_words == ""
    journal.close()
    assert rows(tmp_path / "journal.db") == rows(second / "journal.db")
    assert check_journal(second / "journal.db").findings == check_journal(tmp_path / "journal.db").findings


def test_a_lost_disk_is_made_good_from_the_second(tmp_path: Path, second: Path) -> None:
    journal = Journal(tmp_path / "journal.db", second)
    fill(journal)
    kept = journal.last()
    journal.close()
    before = rows(tmp_path / "journal.db")
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    again = Journal(tmp_path / "journal.db", second)
    assert again.recovered
    assert again.last() == kept
    assert again.open(1).accepted == 1
    again.close()
    assert rows(tmp_path / "journal.db") == before


def test_without_its_second_disk_a_till_sells_on_and_catches_up(tmp_path: Path, second: Path) -> None:
    journal = Journal(tmp_path / "journal.db", second)
    shutil.move(second, tmp_path / "pulled out")
    (tmp_path / "pulled out").rename(tmp_path / "away")
    journal.close()
    journal = Journal(tmp_path / "journal.db", second)
    fill(journal)
    assert "Selling goes on" in journal.mirror_words
    (tmp_path / "away").rename(second)
    journal.try_write()
    assert journal.mirror_words == ""
    journal.close()
    assert rows(tmp_path / "journal.db") == rows(second / "journal.db")


def test_a_second_disk_that_is_full_or_damaged_stops_nobody(tmp_path: Path, second: Path) -> None:
    (second / "journal.db").write_bytes(b"no journal" * 1000)
    journal = Journal(tmp_path / "journal.db", second)
    fill(journal)
    assert "not being written" in journal.mirror_words
    assert len(journal.pending(1)) == 1
    journal.close()


def test_a_first_disk_put_back_from_an_old_copy_is_found_out(tmp_path: Path, second: Path) -> None:
    journal = Journal(tmp_path / "journal.db", second)
    fill(journal)
    journal.close()
    shutil.copy(tmp_path / "journal.db", tmp_path / "image")
    journal = Journal(tmp_path / "journal.db", second)
    for document in chain(6)[4:]:
        journal.append(document, Taken(True, 1, 1))
    journal.close()
    shutil.copy(tmp_path / "image", tmp_path / "journal.db")
    with pytest.raises(UserError, match="documents the first one lacks"):
        Journal(tmp_path / "journal.db", second)


def test_another_tills_second_copy_is_left_alone(tmp_path: Path, second: Path) -> None:
    other = Journal(second / "journal.db")
    other.claim(1, 2)
    other.close()
    journal = Journal(tmp_path / "journal.db", second)
    fill(journal)
    assert "another till's" in journal.mirror_words
    journal.close()


def test_a_journal_of_the_form_before_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    old = open_store(path, 1, SCHEMA.replace(UPGRADES[1], ""))
    assert "accepted" not in {name for (name,) in old.execute("SELECT name FROM sqlite_master")}
    old.close()
    journal = Journal(path)
    fill(journal)
    journal.close()
    assert [what for place, what in check_journal(path).findings if place == "file"] == []


def test_what_a_till_accepted_counts_until_the_server_answers(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    documents = chain(3)
    journal.append(documents[0])
    assert (journal.open(1).waiting, journal.open(1).all, journal.unprinted(1)) == (1, 1, ())
    journal.accept(documents[0].id, Taken(True, 250, 7))
    journal.accept(documents[0].id, Taken(True, 999, 8))
    journal.append(documents[1], Taken(False, 0, 9))
    found = journal.open(1)
    assert (found.waiting, found.accepted, found.sales, found.cash, found.last_ms) == (0, 2, 1, 250, 9)
    assert [entry.accepted for entry in journal.pending(1)] == [True, True]
    assert [entry.document.no for entry in journal.pending(1, 1)] == [1]
    for document in documents[:2]:
        journal.acknowledge(document.id, "booked", {}, 1)
    assert journal.open(1).all == 0
    with pytest.raises(Exception, match="append only"):
        journal._write(("DELETE FROM accepted", ()))
    journal.close()
