"""Proves a till's journal file without changing it: SQLite's check, the schema, every document and answer."""

from __future__ import annotations

import contextlib
import functools
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pos_desktop.domain.anchor import Anchor
from pos_desktop.domain.chain import Chain, Link
from pos_desktop.domain.export import Kept
from pos_desktop.journal import journal, tables
from pos_desktop.journal.store import APPLICATION_ID, troubles

MAX_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What was read and what was wrong, first wrong document first (at most 100); ``heads`` by epoch."""

    store: int
    till: int
    documents: int
    unanswered: int
    findings: tuple[tuple[str, str], ...]
    heads: tuple[tuple[int, int, str], ...]
    anchors: int


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """The file opened for reading alone; JournalDamaged or CannotWrite when it cannot be."""
    # Without a log beside it the file is at rest: read as it is, so that not even a lock file is left by it.
    alone = not path.with_name(f"{path.name}-wal").exists()
    with troubles(path):
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if alone else ''}", uri=True)
    try:
        with troubles(path):
            yield db
    finally:
        db.close()


def check_journal(path: Path, anchors: Iterable[Anchor] = ()) -> JournalReport:
    """Everything a journal says about itself, recomputed. ``anchors`` of other tills are left aside."""
    reader = _Reader()
    with contextlib.ExitStack() as stack:
        try:
            db = stack.enter_context(read_only(path))
            if reader.file(db):
                reader.rows(db)
                reader.check_anchors(db, anchors)
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            reader.say("file", f"SQLite cannot read it: {problem}")
    return reader.report()


class _Reader:
    """One pass over a journal."""

    def __init__(self) -> None:
        self.findings: list[tuple[str, str]] = []
        self.owner = (0, 0)
        self.chains: list[Chain] = []
        self.documents = self.unanswered = self.anchors = 0

    def say(self, place: str, what: str) -> None:
        """Note something wrong."""
        self.findings.append((place, what))

    def report(self) -> JournalReport:
        """What came out."""
        heads = tuple((c.epoch, c.no, c.head.hex() if c.head else "") for c in self.chains)
        found = tuple(self.findings[:MAX_FINDINGS])
        return JournalReport(*self.owner, self.documents, self.unanswered, found, heads, self.anchors)

    # -- the file ----------------------------------------------------------------------------------

    def file(self, db: sqlite3.Connection) -> bool:
        """Is it ours, whole, and does it still refuse to be changed? False: its rows cannot be looked at."""
        marks = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        if marks != [APPLICATION_ID, tables.FORMAT]:
            self.say("file", f"is no journal of this program's form (marks {marks[0]:#x}, {marks[1]})")
            return False
        for (words,) in db.execute("PRAGMA integrity_check"):
            if words != "ok":
                self.say("file", f"SQLite's check: {words}")
        whole = not self.findings
        if _schema_of(db) != _expected_schema():
            self.say("file", "its tables or the guards on them were changed")
        return whole

    # -- the rows ----------------------------------------------------------------------------------

    def rows(self, db: sqlite3.Connection) -> None:
        """The owner, every document in its chain, every answer and note of a paper."""
        owners = db.execute("SELECT store, till FROM owner").fetchall()
        documents = db.execute(_DOCUMENTS)
        if len(owners) > 1 or (not owners and db.execute("SELECT 1 FROM intent").fetchone()):
            self.say("owner", f"{len(owners)} tills own it, it should be one")
        elif owners:
            self.owner = owners[0]
        seq: int | None = None
        for row in documents:
            if seq is not None and row[0] != seq + 1:
                self.say(f"no {row[3]}", f"is row {row[0]} after row {seq}: rows are missing between them")
            seq = row[0]
            self._document(*row[1:])
        self._states(db)
        self._accepted(db)

    def _document(self, id_: str, epoch: int, no: int, *kept: Any) -> None:
        kind, sale, body, digest, outcome, answer, server_ms = kept
        if not self.chains or self.chains[-1].epoch != epoch:
            self.chains.append(Chain.part(*self.owner, epoch, no))
        chain = self.chains[-1]

        def columns(fields: dict[str, Any]) -> list[str]:
            noted = {"id": id_, "kind": kind, "sale": sale}
            return [
                f"{name} is {fields.get(name)} in its bytes"
                for name in noted
                if fields.get(name) != noted[name]
            ]

        refused = outcome == "refused"
        if "late_shift" in (answer or ""):  # where the server put it is not known here: no Z of then adds up
            chain.shifts.clear()
        for what in chain.follow(Link(no, digest, body, refused), columns):
            self.say(chain.place, what)
        if outcome is None:
            self.unanswered += 1
        else:
            for what in _answer_findings(id_, outcome, answer, server_ms):
                self.say(chain.place, what)
        self.documents += 1

    def _accepted(self, db: sqlite3.Connection) -> None:
        """What the till noted of the sales it took upon itself: its caps are counted from these rows."""
        told = db.execute(
            "SELECT x.seq, x.id, x.sales, x.cash, i.body FROM accepted x LEFT JOIN intent i ON i.id = x.id"
        )
        for seq, id_, sales, cash, body in told:
            if body is None:
                self.say(f"accepted {seq}", f"names a document {id_} that is not there")
            elif (sales, cash) != _taken(body):
                self.say(f"accepted {seq}", f"says {sales} sales and cash {cash} of a document with others")

    def _states(self, db: sqlite3.Connection) -> None:
        lost = db.execute("SELECT seq, id FROM state WHERE id NOT IN (SELECT id FROM intent)").fetchall()
        for seq, id_ in lost:
            self.say(f"state {seq}", f"names a document {id_} that is not there")
        begun = db.execute("SELECT min(seq) FROM intent").fetchone()[0] == 1
        count, last = db.execute("SELECT count(*), max(seq) FROM state").fetchone()
        if begun and count and count != last:
            self.say("states", f"there are {count} of them, the last is number {last}")

    def check_anchors(self, db: sqlite3.Connection, anchors: Iterable[Anchor]) -> None:
        """Noted heads of this till, in the epochs and from the numbers this journal keeps."""
        first = dict(db.execute("SELECT epoch, min(no) FROM intent GROUP BY epoch").fetchall())
        for anchor in anchors:
            if (anchor.store, anchor.till) != self.owner or anchor.no < first.get(
                anchor.epoch, anchor.no + 1
            ):
                continue
            self.anchors += 1
            row = db.execute(
                "SELECT hash FROM intent WHERE epoch = ? AND no = ?", (anchor.epoch, anchor.no)
            ).fetchone()
            what = anchor.against(row[0].hex() if row else None)
            if what:
                self.say(anchor.place, what)


_DOCUMENTS = """
SELECT i.seq, i.id, i.epoch, i.no, i.kind, i.sale, i.body, i.hash, a.outcome, a.answer, a.server_ms
FROM intent i LEFT JOIN state a ON a.id = i.id AND a.state = 'acknowledged' ORDER BY i.seq
"""


def _answer_findings(id_: str, outcome: str, answer: str, server_ms: int) -> Iterator[str]:
    try:
        told = json.loads(answer)
        seal = told.pop("seal", None)
    except (ValueError, AttributeError, TypeError):
        yield "the answer noted for it cannot be read"
        return
    if seal is None:  # noted by a program from before answers were sealed
        if not set(told) <= {"reason", "flags"} or answer != json.dumps(
            told, ensure_ascii=False, sort_keys=True
        ):
            yield "the answer noted for it was changed"
    elif seal != journal.answer_seal(id_, outcome, told, server_ms) or answer != journal.answer_text(
        told, seal
    ):
        yield "the answer noted for it was changed"


def _taken(body: bytes) -> tuple[int, int]:
    """Whether a document is a sale, and its cash after change (minor units)."""
    try:
        fields = json.loads(body)
        sold = fields["kind"] in ("sale", "refund")
        tenders = fields["tenders"] if sold else ()
        cash = sum(tender["amount"] for tender in tenders if tender["kind"] == "cash")
        return int(sold), cash
    except (ValueError, KeyError, TypeError):
        return -1, 0  # its own document is wrong, and said to be


def _schema_of(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()


@functools.cache
def _expected_schema() -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(tables.SCHEMA)
        return _schema_of(fresh)


# -- for an export ---------------------------------------------------------------------------------


def owner(db: sqlite3.Connection) -> tuple[int, int]:
    """Store and till of an open journal; zeros when no till has claimed it."""
    row = db.execute("SELECT store, till FROM owner").fetchone()
    return (row[0], row[1]) if row else (0, 0)


def kept_documents(
    db: sqlite3.Connection, epoch: int | None, since: datetime | None, until: datetime | None
) -> Iterator[Kept]:
    """The documents of an open journal by epoch and number, answered from ``since`` to before ``until``.

    Those without an answer are the newest: they are left out only when ``until`` is given.
    """
    store, till = owner(db)
    start, end = (int(at.timestamp() * 1000) if at else None for at in (since, until))
    rows = db.execute(_CHOSEN, {"epoch": epoch, "start": start, "end": end})
    for number, no, body, digest, outcome, answer, server_ms in rows:
        told = json.loads(answer) if answer else {}
        at = "" if server_ms is None else _server_at(server_ms)
        text = body.decode("utf-8", "replace")
        reason, flags = str(told.get("reason") or ""), tuple(str(flag) for flag in told.get("flags", ()))
        yield Kept(store, till, number, no, digest, text, outcome or "pending", reason, flags, at)


_CHOSEN = """
WITH dated AS (
    SELECT i.epoch, i.no, i.body, i.hash, a.outcome, a.answer, a.server_ms FROM intent i
    LEFT JOIN state a ON a.id = i.id AND a.state = 'acknowledged' WHERE i.epoch = coalesce(:epoch, i.epoch)
), chosen AS (
    SELECT epoch, min(no) AS first, max(no) AS last FROM dated
    WHERE (:start IS NULL OR server_ms IS NULL OR server_ms >= :start)
      AND (:end IS NULL OR server_ms < :end) GROUP BY epoch
)
SELECT d.epoch, d.no, d.body, d.hash, d.outcome, d.answer, d.server_ms
FROM chosen c JOIN dated d ON d.epoch = c.epoch AND d.no BETWEEN c.first AND c.last ORDER BY d.epoch, d.no
"""


def _server_at(milliseconds: int) -> str:
    at = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
