"""The till's own record: every document before it is sent, then the server's answer, then the paper."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pos_desktop.domain.document import Document, DocumentError, chain_hash, read_document
from pos_desktop.errors import UserError
from pos_desktop.journal.problems import CannotWrite, JournalDamaged
from pos_desktop.journal.store import open_store, transaction, troubles

FORMAT = 1
KEEP_MS = 35 * 24 * 3600 * 1000
"""Acknowledged documents stay this long, so that tills can refill a server restored from an old backup."""

RECENT = 200
"""How far back a paper that was never given out is offered: further back nobody waits for it."""

SCHEMA = f"""
CREATE TABLE owner (store INTEGER NOT NULL, till INTEGER NOT NULL) STRICT;
CREATE TABLE intent (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL, no INTEGER NOT NULL,
    kind TEXT NOT NULL, sale TEXT, body BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (epoch, no)
) STRICT;
CREATE INDEX intent_sale ON intent (sale) WHERE sale IS NOT NULL;
CREATE TABLE state (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('acknowledged', 'printed')),
    outcome TEXT CHECK (outcome IN ('booked', 'flagged', 'refused')),
    answer TEXT, server_ms INTEGER, UNIQUE (id, state),
    CHECK (state = 'acknowledged' OR coalesce(outcome, answer, server_ms) IS NULL),
    CHECK ((state = 'acknowledged') = (outcome IS NOT NULL AND answer IS NOT NULL AND server_ms IS NOT NULL))
) STRICT;
CREATE TRIGGER owner_stays BEFORE UPDATE ON owner BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER owner_kept BEFORE DELETE ON owner BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER intent_stays BEFORE UPDATE ON intent BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER state_stays BEFORE UPDATE ON state BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER state_known BEFORE INSERT ON state
    WHEN NOT EXISTS (SELECT 1 FROM intent WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'no such document'); END;
CREATE TRIGGER state_in_order BEFORE INSERT ON state
    WHEN NEW.state = 'acknowledged' AND EXISTS (
        SELECT 1 FROM intent i JOIN intent b ON b.epoch = i.epoch AND b.no = i.no - 1
        WHERE i.id = NEW.id
          AND NOT EXISTS (SELECT 1 FROM state s WHERE s.id = b.id AND s.state = 'acknowledged'))
    BEGIN SELECT RAISE(ABORT, 'an earlier document has no answer'); END;
CREATE TRIGGER intent_kept BEFORE DELETE ON intent
    WHEN OLD.seq = (SELECT max(seq) FROM intent)
      OR NOT EXISTS (SELECT 1 FROM state s WHERE s.id = OLD.id AND s.state = 'acknowledged'
                     AND s.server_ms < (SELECT max(server_ms) FROM state) - {KEEP_MS})
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER state_kept BEFORE DELETE ON state WHEN EXISTS (SELECT 1 FROM intent WHERE id = OLD.id)
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""

Outcome = Literal["booked", "flagged", "refused"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document and how far it came; ``answer`` is the server's, empty until acknowledged."""

    document: Document
    outcome: Outcome | None
    answer: dict[str, Any]
    printed: bool

    @property
    def acknowledged(self) -> bool:
        """The server's answer is on this disk."""
        return self.outcome is not None


_ENTRY = """
SELECT i.id, i.epoch, i.no, i.body, i.hash, a.outcome, a.answer, p.seq
FROM intent i
LEFT JOIN state a ON a.id = i.id AND a.state = 'acknowledged'
LEFT JOIN state p ON p.id = i.id AND p.state = 'printed'
"""


class Journal:
    """``journal.db``: rows are only ever appended; one writer, guarded by :class:`TillLock`."""

    def __init__(self, path: Path) -> None:
        """Open or create; JournalDamaged, CannotWrite, or UserError (a newer program wrote it)."""
        self._path = path
        self._lock = threading.RLock()
        self._broken: CannotWrite | None = None
        self._db = open_store(path, FORMAT, SCHEMA)
        try:
            self._check_chain()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Fold the write-ahead log in and close the file."""
        with self._lock, troubles(self._path):
            self._db.close()

    def claim(self, store: int, till: int) -> None:
        """Say whose journal this is, once and for all; UserError when it is another till's."""
        with self._lock, troubles(self._path):
            found = self._db.execute("SELECT store, till FROM owner").fetchone()
        if found is None:
            self._write("INSERT INTO owner (store, till) VALUES (?, ?)", (store, till))
        elif found != (store, till):
            raise UserError(
                "journal.other_till",
                path=str(self._path),
                found=f"{found[0]}/{found[1]}",
                expected=f"{store}/{till}",
            )

    # -- writing: each call is on the disk when it returns ---------------------------------------

    def append(self, document: Document) -> None:
        """Record a document before it is sent. CannotWrite: it is not recorded, so it must not be sent."""
        row = (
            document.id,
            document.epoch,
            document.no,
            document.kind,
            json.loads(document.body).get("sale"),
            document.body,
            document.hash,
        )
        self._write("INSERT INTO intent (id, epoch, no, kind, sale, body, hash) VALUES (?,?,?,?,?,?,?)", row)

    def acknowledge(self, document_id: str, outcome: Outcome, answer: dict[str, Any], server_ms: int) -> None:
        """Record the server's answer. Harmless when recorded already."""
        text = answer_text(answer, answer_seal(document_id, outcome, answer, server_ms))
        self._write(
            "INSERT OR IGNORE INTO state (id, state, outcome, answer, server_ms)"
            " VALUES (?, 'acknowledged', ?, ?, ?)",
            (document_id, outcome, text, server_ms),
        )

    def mark_printed(self, document_id: str) -> None:
        """Record that the paper of a document was given out, or offered and declined."""
        self._write("INSERT OR IGNORE INTO state (id, state) VALUES (?, 'printed')", (document_id,))

    def prune(self) -> int:
        """Drop acknowledged documents 35 days older than the newest answer, by the server's clock.

        The newest document always stays (it holds the head), so does all that was not acknowledged.
        Returns how many went.
        """
        with self._lock, transaction(self._db, self._path):
            gone = self._db.execute(
                "DELETE FROM intent WHERE seq < (SELECT max(seq) FROM intent) AND id IN (SELECT id FROM state"
                " WHERE state = 'acknowledged'"
                f" AND server_ms < (SELECT max(server_ms) FROM state) - {KEEP_MS})"
            ).rowcount
            if gone:
                self._db.execute("DELETE FROM state WHERE id NOT IN (SELECT id FROM intent)")
        return gone

    def try_write(self) -> None:
        """Take the write lock and let go; CannotWrite when the file or an earlier failure forbids it."""
        with self._lock:
            if self._broken is not None:
                raise self._broken
            with troubles(self._path):
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute("ROLLBACK")

    # -- reading ---------------------------------------------------------------------------------

    def last(self, epoch: int | None = None) -> Entry | None:
        """The newest document, of ``epoch`` if given."""
        if epoch is None:
            return self._one("ORDER BY i.seq DESC LIMIT 1", ())
        return self._one("WHERE i.epoch = ? ORDER BY i.no DESC LIMIT 1", (epoch,))

    def pending(self, epoch: int) -> tuple[Entry, ...]:
        """The epoch's documents without an answer, in the order they were made."""
        # Answers come in order (a trigger sees to it), so only what follows the last one can be open:
        # the till asks at every sale, and must not read a month of documents for it.
        return self._all(
            "WHERE i.epoch = ?1 AND a.id IS NULL AND i.no > coalesce((SELECT d.no FROM state s"
            " CROSS JOIN intent d ON d.id = s.id WHERE s.state = 'acknowledged' AND d.epoch = ?1"
            " ORDER BY s.seq DESC LIMIT 1), 0) ORDER BY i.no",
            (epoch,),
        )

    def since(self, epoch: int, no: int) -> tuple[Entry, ...]:
        """The epoch's documents from number ``no`` on, answered or not."""
        return self._all("WHERE i.epoch = ? AND i.no >= ? ORDER BY i.no", (epoch, no))

    def by_no(self, epoch: int, no: int) -> Entry | None:
        """The document with this number."""
        return self._one("WHERE i.epoch = ? AND i.no = ?", (epoch, no))

    def by_id(self, document_id: str) -> Entry | None:
        """The document with this id, of any epoch."""
        return self._one("WHERE i.id = ?", (document_id,))

    def of_sale(self, sale_id: str) -> tuple[Entry, ...]:
        """Every attempt to pay (or void) one basket, oldest first."""
        return self._all("WHERE i.sale = ? ORDER BY i.seq", (sale_id,))

    def last_effective(self, epoch: int) -> Entry | None:
        """The newest document that was not refused: it carries the running grand total."""
        return self._one(
            "WHERE i.epoch = ? AND coalesce(a.outcome, '') <> 'refused' ORDER BY i.no DESC LIMIT 1", (epoch,)
        )

    def last_sale(self, epoch: int) -> Entry | None:
        """The newest sale the server booked."""
        return self._one(
            "WHERE i.epoch = ? AND i.kind = 'sale' AND a.outcome IN ('booked', 'flagged')"
            " ORDER BY i.no DESC LIMIT 1",
            (epoch,),
        )

    def unprinted(self, epoch: int, limit: int = 10) -> tuple[Entry, ...]:
        """Sales among the last documents that the server booked and whose paper was never given out."""
        newest = self._all(
            "WHERE i.epoch = ?1 AND i.kind = 'sale' AND a.outcome IN ('booked', 'flagged') AND p.id IS NULL"
            f" AND i.no > (SELECT max(no) FROM intent WHERE epoch = ?1) - {RECENT}"
            " ORDER BY i.no DESC LIMIT ?2",
            (epoch, limit),
        )
        return newest[::-1]

    # -- inside ----------------------------------------------------------------------------------

    def _write(self, sql: str, row: tuple[Any, ...]) -> None:
        with self._lock:
            if self._broken is not None:
                raise self._broken
            try:
                with transaction(self._db, self._path):
                    self._db.execute(sql, row)
            except CannotWrite as problem:
                if problem.code == "journal.failed":
                    # After a failed sync nobody knows what is on the disk: only a restart reads it again.
                    self._broken = problem
                raise

    def _one(self, tail: str, args: tuple[Any, ...]) -> Entry | None:
        found = self._all(tail, args)
        return found[0] if found else None

    def _all(self, tail: str, args: tuple[Any, ...]) -> tuple[Entry, ...]:
        with self._lock, troubles(self._path):
            rows = self._db.execute(_ENTRY + tail, args).fetchall()
        return tuple(self._entry(row) for row in rows)

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        document_id, epoch, no, body, digest, outcome, answer, printed = row
        try:
            document = read_document(body, digest)
        except DocumentError as problem:
            raise JournalDamaged(self._path) from problem
        if (document.hash, document.id, document.epoch, document.no) != (digest, document_id, epoch, no):
            raise JournalDamaged(self._path)
        return Entry(document, outcome, self._answer(answer), printed is not None)

    def _answer(self, text: str | None) -> dict[str, Any]:
        try:
            answer = json.loads(text) if text else {}
        except (ValueError, RecursionError) as problem:
            raise JournalDamaged(self._path) from problem
        if not isinstance(answer, dict):
            raise JournalDamaged(self._path)
        answer.pop("seal", None)  # for pos-desktop verify
        return answer

    def _check_chain(self) -> None:
        """Recompute the hashes and follow the chain through everything kept: bit rot shows at the start."""
        with self._lock, troubles(self._path):
            rows: Iterable[tuple[int, int, bytes, bytes]] = self._db.execute(
                "SELECT epoch, no, body, hash FROM intent ORDER BY epoch, no"
            )
            before: tuple[int, int, bytes] | None = None
            for epoch, no, body, digest in rows:
                if not _follows(before, epoch, no, body, digest):
                    raise JournalDamaged(self._path)
                before = (epoch, no, digest)


def answer_text(answer: Mapping[str, Any], seal: str) -> str:
    """An answer as it is written down, with its seal."""
    return json.dumps({**answer, "seal": seal}, ensure_ascii=False, sort_keys=True)


def answer_seal(document_id: str, outcome: str, answer: Mapping[str, Any], server_ms: int) -> str:
    """Ties an answer to its document: documents have the chain, and a flipped bit here would go unseen."""
    told = json.dumps([document_id, outcome, answer, server_ms], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def _follows(before: tuple[int, int, bytes] | None, epoch: int, no: int, body: bytes, digest: bytes) -> bool:
    try:
        prev = bytes.fromhex(json.loads(body)["prev"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if chain_hash(prev, body) != digest:
        return False
    return before is None or before[0] != epoch or (no, prev) == (before[1] + 1, before[2])
