"""A till's journal file: whatever is done to it, SQLite says so in words or the chain shows it."""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_desktop.cli.main import main
from pos_desktop.domain.anchor import Anchor
from pos_desktop.journal.check import check_journal, read_only
from pos_desktop.journal.journal import answer_seal, answer_text
from pos_desktop.journal.problems import CannotWrite, JournalDamaged
from tests.proof.conftest import Days

SEED = 20261122


def test_a_sound_journal_is_in_order_and_left_as_it_is(
    days: Days, journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = journal.read_bytes()
    assert main(["verify", "--journal", str(journal), "--heads"]) == 0
    said = capsys.readouterr().out
    head = days.database.query("select encode(head, 'hex') from pos.till where number = 1")[0][0]
    assert f"store 1 till 1 epoch 1 no 11 head {head}" in said
    assert "11 documents of store 1 till 1 are in order." in said
    assert journal.read_bytes() == before
    assert [file.name for file in journal.parent.iterdir()] == ["journal.db"]


def rows_of(path: Path) -> list[tuple[object, ...]]:
    """Everything that stands in the file."""
    with sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for table in sorted(tables) for row in db.execute(f"SELECT * FROM {table} ORDER BY 1")]
        rows += db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    db.close()
    return rows


def found_in(path: Path) -> str:
    """How a spoiled journal was found out; empty when it was not."""
    try:
        findings = check_journal(path).findings
    except (JournalDamaged, CannotWrite):
        return "the file"
    return "" if not findings else "the file" if findings[0][0] == "file" else "a document"


def test_every_flipped_byte_is_found_or_stands_for_nothing(journal: Path) -> None:
    """Every byte of one document with its hash, of an answer, of the header; a sample over the whole file.

    A page of SQLite has room it does not use: there a byte means nothing, and all rows read as before.
    """
    right, rows = journal.read_bytes(), rows_of(journal)
    with sqlite3.connect(journal) as db:
        body, digest = db.execute("SELECT body, hash FROM intent WHERE no = 4").fetchone()
        answer = db.execute("SELECT answer FROM state WHERE outcome = 'refused'").fetchone()[0].encode()
    db.close()
    dice = random.Random(SEED)
    places = {*range(100), *dice.sample(range(len(right)), 250)}
    for part in (body, digest, answer):
        start = right.index(part)
        places |= set(range(start, start + len(part)))
    used = set().union(
        *(range(right.index(part), right.index(part) + len(part)) for part in (body, digest, answer))
    )
    seen: Counter[str] = Counter()
    with journal.open("r+b", buffering=0) as file:
        for place in sorted(places):
            os.pwrite(file.fileno(), bytes([right[place] ^ 1 << dice.randrange(8)]), place)
            how = found_in(journal)
            if not how:
                assert place not in used
                assert rows_of(journal) == rows, place
            seen[how or "nothing there"] += 1
            os.pwrite(file.fileno(), right[place : place + 1], place)
    assert seen.total() > 800
    assert all(seen[how] > 20 for how in ("the file", "a document", "nothing there")), seen


ACCEPT = (
    "INSERT INTO accepted (id, at_ms, sales, cash) SELECT id, 1, 1, CASE no WHEN 10 THEN 249 ELSE 330 END"
    " FROM intent WHERE no IN (10, 11);"
)

DEEDS = {
    "a body": "UPDATE intent SET body = CAST(replace(CAST(body AS TEXT), 'safe', 'sofa') AS BLOB)",
    "a hash": "UPDATE intent SET hash = zeroblob(32) WHERE no = 5",
    "an id": "UPDATE intent SET id = 'x' || substr(id, 2) WHERE no = 5",
    "a kind": "UPDATE intent SET kind = 'void' WHERE no = 5",
    "a sale's name": "UPDATE intent SET sale = 'x' WHERE no = 2",
    "a number": "UPDATE intent SET no = 99 WHERE no = 11",
    "an epoch": "UPDATE intent SET epoch = 2 WHERE no = 11",
    "the order": "UPDATE intent SET seq = seq + 100 WHERE no = 5",
    "a document in the middle": "DELETE FROM intent WHERE no = 5",
    "an answer": "UPDATE state SET answer = replace(answer, 'blocked', 'blacked') WHERE outcome = 'refused'",
    "an outcome": "UPDATE state SET outcome = 'booked' WHERE outcome = 'refused'",
    "the time of an answer": "UPDATE state SET server_ms = server_ms + 1 WHERE outcome = 'refused'",
    "a note of a paper": "DELETE FROM state WHERE seq = (SELECT min(seq) FROM state WHERE state = 'printed')",
    "a paper's document": "UPDATE state SET id = 'nobody' WHERE seq = (SELECT max(seq) FROM state)",
    "the owner": "UPDATE owner SET till = 2",
    "a second owner": "INSERT INTO owner VALUES (1, 2)",
    "no owner": "DELETE FROM owner",
    "cash taken alone": ACCEPT + "UPDATE accepted SET cash = cash + 1",
    "a sale taken alone": ACCEPT + "UPDATE accepted SET sales = 0 WHERE cash = 330",
    "a document taken alone": ACCEPT + "UPDATE accepted SET id = 'nobody' WHERE cash = 330",
    "a guard": "",
    "one more table": "CREATE TABLE more (one INTEGER)",
    "its form": "PRAGMA user_version = 1",
}


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_what_was_done_with_sqlites_own_tools_is_found(
    journal: Path, deed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    db = sqlite3.connect(journal)
    guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    if DEEDS[deed]:
        db.executescript(DEEDS[deed])
    for name, text in guards:
        if DEEDS[deed] or name != "state_kept":
            db.execute(text)
    db.commit()
    db.execute("PRAGMA journal_mode=DELETE")
    db.close()
    assert main(["verify", "--journal", str(journal)]) == 3
    assert "First wrong: " in capsys.readouterr().out


def test_sales_taken_alone_are_in_order(journal: Path) -> None:
    db = sqlite3.connect(journal)
    db.executescript(ACCEPT)
    db.close()
    assert check_journal(journal).findings == ()


def test_an_answer_of_an_older_program_has_no_seal_and_no_more_than_it_wrote(journal: Path) -> None:
    db = sqlite3.connect(journal)
    db.execute("DROP TRIGGER state_stays")
    for text, count in (('{"flags": [], "reason": ""}', 0), ('{"flags": [], "reasom": ""}', 1), ("[]", 1)):
        db.execute("UPDATE state SET answer = ? WHERE seq = 1", (text,))
        db.commit()
        found = [what for place, what in check_journal(journal).findings if place != "file"]
        assert len(found) == count, found
    db.close()


def test_a_seal_ties_an_answer_to_its_document() -> None:
    seal = answer_seal("one", "booked", {"flags": []}, 1)
    assert json.loads(answer_text({"flags": []}, seal)) == {"flags": [], "seal": seal}
    others = (("two", "booked", {}, 1), ("one", "flagged", {}, 1), ("one", "booked", {}, 2))
    assert seal not in {answer_seal(*other) for other in others}


def test_a_cut_tail_needs_a_head_noted_elsewhere(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = check_journal(journal)
    ((epoch, no, head),) = report.heads
    noted = tmp_path / "anchors.jsonl"
    anchors = [Anchor(datetime.now(UTC) - timedelta(minutes=1), 1, 1, epoch, no, head)]
    anchors += [Anchor(anchors[0].at, 1, 2, 1, 4, "0" * 64), Anchor(anchors[0].at, 1, 1, 9, 4, "0" * 64)]
    noted.write_text("\n".join(anchor.line() for anchor in anchors), encoding="utf-8")
    ask = ["verify", "--journal", str(journal), "--anchors", str(noted)]
    assert main(ask) == 0
    assert "1 heads noted elsewhere" in capsys.readouterr().out
    db = sqlite3.connect(journal)
    guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    db.execute("DELETE FROM state WHERE id = (SELECT id FROM intent WHERE no = ?)", (no,))
    db.execute("DELETE FROM state WHERE state = 'printed'")
    db.execute("DELETE FROM intent WHERE no = ?", (no,))
    for _, text in guards:
        db.execute(text)
    db.commit()
    db.close()
    assert main(["verify", "--journal", str(journal)]) == 0
    assert main(ask) == 3
    assert "the end of this chain was cut off" in capsys.readouterr().out


def test_a_journal_in_use_is_read_beside_its_till(days: Days, tmp_path: Path) -> None:
    """Its newest documents are in the log beside the file; reading takes nothing from the till."""
    app = days.front.open()
    try:
        live = days.journal
        with read_only(live) as db:
            assert db.execute("SELECT count(*) FROM intent").fetchone() == (11,)
        assert check_journal(live).findings == ()
        assert app.till.no_sale  # still at work
    finally:
        app.close()


def test_other_files_are_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.db"
    assert main(["verify", "--journal", str(other)]) == 1
    assert "There is no file" in capsys.readouterr().err
    other.write_bytes(b"nothing of the kind" * 100)
    assert main(["verify", "--journal", str(other)]) == 3
    db = sqlite3.connect(tmp_path / "empty.db")
    db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.close()
    assert main(["verify", "--journal", str(tmp_path / "empty.db")]) == 3
    assert "no journal of this program's form" in capsys.readouterr().out
