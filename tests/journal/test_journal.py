"""The till's own record: appended before it is sent, append-only, damaged in no silence, pruned late."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pos_desktop.domain.document import Document, Position, Stamp, build, genesis
from pos_desktop.errors import UserError
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.journal.lock import TillLock
from pos_desktop.journal.problems import CannotWrite, JournalDamaged, TillInUseError
from pos_desktop.journal.tables import KEEP_MS

NOW = 1_800_000_000_000


def chain(count: int, epoch: int = 1) -> list[Document]:
    """Sales of one till, one after another."""
    made: list[Document] = []
    place = Position(epoch, 1, genesis(1, 1, epoch), 0)
    for number in range(1, count + 1):
        at = datetime(2026, 11, 22, 10, 0, number % 60, tzinfo=UTC)
        stamp = Stamp(1, 1, f"document-{epoch}-{number}", at, 0, "shift", 1001)
        made.append(build("sale", stamp, place, {"sale": f"sale-{number}", "total": 100}, turnover=100))
        place = Position(epoch, number + 1, made[-1].hash, made[-1].grand)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal lies."""
    return tmp_path / "journal.db"


def filled(path: Path, *, pending: int = 1) -> list[Document]:
    """A journal of five sales, the last ones unanswered, closed again."""
    documents = chain(5)
    journal = Journal(path)
    journal.claim(1, 1)
    for number, document in enumerate(documents):
        journal.append(document)
        if number < 5 - pending:
            journal.acknowledge(document.id, "booked", {"flags": ["oversell"]}, NOW + number)
    journal.close()
    return documents


def test_states_are_rows_and_come_back(path: Path) -> None:
    documents = filled(path, pending=2)
    journal = Journal(path)
    assert [e.document for e in journal.pending(1)] == documents[3:]
    last = journal.last()
    assert last is not None
    assert (last.document, last.acknowledged, last.outcome) == (documents[4], False, None)
    first = journal.by_no(1, 1)
    assert first is not None
    assert (first.outcome, first.answer, first.printed) == ("booked", {"flags": ["oversell"]}, False)
    journal.acknowledge(documents[3].id, "refused", {"reason": "blocked"}, NOW)
    journal.acknowledge(documents[4].id, "flagged", {}, NOW)
    journal.acknowledge(documents[4].id, "booked", {}, NOW)
    assert journal.by_no(1, 5).outcome == "flagged"  # type: ignore[union-attr]
    assert journal.last_effective(1).document == documents[4]  # type: ignore[union-attr]
    journal.mark_printed(documents[0].id)
    journal.mark_printed(documents[0].id)
    assert [e.document.no for e in journal.unprinted(1)] == [2, 3, 5]
    assert [e.document.no for e in journal.unprinted(1, 2)] == [3, 5]
    assert [e.document.no for e in journal.since(1, 4)] == [4, 5]
    assert [e.document for e in journal.of_sale("sale-3")] == [documents[2]]
    assert journal.by_id(documents[1].id) is not None
    assert journal.pending(2) == ()
    assert journal.last(2) is None
    journal.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE intent SET body = x'00'",
        "UPDATE state SET outcome = 'refused'",
        "UPDATE owner SET till = 2",
        "DELETE FROM intent",
        "DELETE FROM intent WHERE no = 1",
        "DELETE FROM state",
        "DELETE FROM owner",
        "INSERT INTO state (id, state) VALUES ('nobody', 'printed')",
        "INSERT INTO state (id, state, outcome) SELECT id, 'printed', 'booked' FROM intent WHERE no = 1",
        "INSERT INTO intent SELECT 99, 'other', epoch, no, kind, sale, body, hash FROM intent WHERE no = 1",
    ],
)
def test_rows_are_only_appended(path: Path, statement: str) -> None:
    filled(path)
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(statement)
    db.close()


def test_answers_come_in_order(path: Path) -> None:
    filled(path, pending=3)
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="an earlier document has no answer"):
        db.execute("INSERT INTO state VALUES (99, 'document-1-4', 'acknowledged', 'booked', '{}', 1)")
    db.close()


def test_what_a_sale_asks_reads_no_more_on_an_old_till(path: Path) -> None:
    """Each question of a sale is answered by an index: no scan and no sort, however long the journal."""
    filled(path)
    journal = Journal(path)
    plans: list[str] = []
    db = journal._db

    class Explaining:
        """Asks for the plan first."""

        def execute(self, sql: str, args: tuple[Any, ...] = ()) -> Any:
            plans.extend(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", args))
            return db.execute(sql, args)

    journal._db = Explaining()  # type: ignore[assignment]
    journal.pending(1)
    journal.last(1)
    journal.last()
    journal.last_effective(1)
    journal.last_sale(1)
    journal.unprinted(1)
    journal.of_sale("sale-1")
    journal.by_no(1, 1)
    journal.by_id("document-1-1")
    journal._db = db
    journal.close()
    # A scan that walks the newest rows and stops at the first is no scan of the journal.
    walks = {"SCAN i", "SCAN s"}
    assert len(plans) > 20
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
    assert [plan for plan in plans if plan.startswith("SCAN") and plan not in walks] == []


def test_only_old_acknowledged_documents_are_pruned(path: Path) -> None:
    documents = chain(6)
    journal = Journal(path)
    for number, document in enumerate(documents):
        journal.append(document)
        if number < 5:
            later = (0, 4, KEEP_MS // 2, KEEP_MS + 5, KEEP_MS + 6)[number]
            journal.acknowledge(document.id, "booked", {}, NOW + later)
    journal.mark_printed(documents[0].id)
    assert journal.prune() == 2
    assert [e.document.no for e in journal.since(1, 1)] == [3, 4, 5, 6]
    assert journal.prune() == 0
    journal.close()
    reopened = Journal(path)
    assert reopened.last().document == documents[5]  # type: ignore[union-attr]
    reopened.close()


def test_the_newest_document_stays_however_old(path: Path) -> None:
    journal = Journal(path)
    (only,) = chain(1)
    journal.append(only)
    journal.acknowledge(only.id, "booked", {}, NOW)
    assert journal.prune() == 0
    journal.close()


def test_a_journal_belongs_to_one_till(path: Path) -> None:
    filled(path)
    journal = Journal(path)
    journal.claim(1, 1)
    with pytest.raises(UserError, match="belongs to till 1/1, not to till 1/2"):
        journal.claim(1, 2)
    journal.close()


def test_a_newer_format_is_refused_in_words(path: Path) -> None:
    filled(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(UserError, match="newer program"):
        Journal(path)


def test_other_files_are_not_taken_for_a_journal(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough to look at" * 30)
    with pytest.raises(JournalDamaged, match="Do not delete it"):
        Journal(path)
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.close()
    with pytest.raises(JournalDamaged):
        Journal(path)


def copied(path: Path, to: Path) -> Path:
    """The journal's files as a crash leaves them, with the write-ahead log beside."""
    to.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, to / file.name)
    return to / path.name


def test_a_log_torn_at_any_byte_loses_only_the_last_write(path: Path, tmp_path: Path) -> None:
    documents = chain(3)
    journal = Journal(path)
    for document in documents[:2]:
        journal.append(document)
    kept = (path.parent / f"{path.name}-wal").stat().st_size
    journal.append(documents[2])
    size = (path.parent / f"{path.name}-wal").stat().st_size
    assert size > kept
    seen = set()
    for number, cut in enumerate([*range(kept, size, 511), size - 1, size]):
        torn = copied(path, tmp_path / f"cut {number}")
        os.truncate(torn.with_name(f"{torn.name}-wal"), cut)
        torn.with_name(f"{torn.name}-shm").unlink()
        reopened = Journal(torn)
        found = [e.document for e in reopened.since(1, 1)]
        assert found in (documents[:2], documents)
        seen.add(len(found))
        reopened.close()
    journal.close()
    assert seen == {2, 3}


def test_one_flipped_byte_of_a_document_shows_at_the_start(path: Path) -> None:
    documents = filled(path)
    raw = bytearray(path.read_bytes())
    place = raw.index(documents[2].body) + documents[2].body.index(b"sale-3")
    raw[place] ^= 1
    path.write_bytes(raw)
    with pytest.raises(JournalDamaged, match="Call support"):
        Journal(path)


def test_a_missing_document_in_the_middle_shows(path: Path) -> None:
    filled(path, pending=0)
    db = sqlite3.connect(path)
    db.execute("DROP TRIGGER intent_kept")
    db.execute("DELETE FROM intent WHERE no = 3")
    db.commit()
    db.close()
    with pytest.raises(JournalDamaged):
        Journal(path)


def test_a_disk_that_does_not_sync_stops_the_till_until_a_restart(path: Path) -> None:
    documents = filled(path, pending=0)
    journal = Journal(path)
    db: Any = journal._db

    class Failing:
        """The disk says that a commit did not reach it."""

        in_transaction = False

        def execute(self, sql: str, *args: Any) -> Any:
            if sql == "COMMIT":
                db.execute("ROLLBACK")
                problem = sqlite3.OperationalError("disk I/O error")
                problem.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
                raise problem
            return db.execute(sql, *args)

    journal._db = Failing()  # type: ignore[assignment]
    with pytest.raises(CannotWrite, match="did not keep"):
        journal.mark_printed(documents[0].id)
    journal._db = db
    for attempt in (lambda: journal.mark_printed(documents[0].id), journal.try_write):
        with pytest.raises(CannotWrite, match="Start the till again"):
            attempt()
    journal.close()


def test_the_draft_is_the_last_basket(tmp_path: Path) -> None:
    drafts = DraftStore(tmp_path / "draft.db")
    assert drafts.load() is None
    drafts.save("one", {"lines": 1})
    drafts.save("two", {"lines": 2}, synced=True)
    assert drafts.load() == ("two", {"lines": 2})
    drafts.clear("one")
    assert drafts.load() == ("two", {"lines": 2})
    drafts.clear("two")
    assert drafts.load() is None
    drafts.try_write()
    drafts.close()


def test_a_damaged_draft_is_set_aside_and_trade_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "draft.db"
    path.write_bytes(b"\0garbage" * 1000)
    drafts = DraftStore(path)
    assert drafts.set_aside == tmp_path / "draft.db.damaged-1"
    assert drafts.set_aside.exists()
    drafts.save("one", {})
    drafts.close()
    again = DraftStore(path)
    assert again.set_aside is None
    assert again.load() == ("one", {})
    again.close()


HOLD = """
import pathlib, sys
from pos_desktop.journal.lock import TillLock
lock = TillLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_program_is_told_who_holds_the_till(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(TillInUseError) as caught:
        TillLock(tmp_path)
    who = f"process {holder.pid} on {os.uname().nodename}, since "
    assert re.search(re.escape(who) + r"\d{4}-\d\d-\d\d \d\d:\d\d\.", caught.value.text())
    holder.kill()
    holder.wait(60)
    holder.stdin.close()
    holder.stdout.close()
    with TillLock(tmp_path), pytest.raises(TillInUseError, match=f"process {os.getpid()}"):
        TillLock(tmp_path)
    TillLock(tmp_path).release()
