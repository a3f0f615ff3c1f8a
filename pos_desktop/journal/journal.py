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
from pos_desktop.journal.mirror import Mirror
from pos_desktop.journal.problems import CannotWrite, JournalDamaged
from pos_desktop.journal.store import open_store, transaction, troubles
from pos_desktop.journal.tables import COUNT_OPEN, DONE, ENTRY, FORMAT, OPEN, PRUNE, SCHEMA, UPGRADES

RECENT = 200
"""How far back a paper that was never given out is offered: further back nobody waits for it."""

Outcome = Literal["booked", "flagged", "refused"]
Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document and how far it came; ``answer`` is the server's, empty until acknowledged.

    ``accepted``: the till took it for done by itself, because no answer came.
    """

    document: Document
    outcome: Outcome | None
    answer: dict[str, Any]
    printed: bool
    accepted: bool = False

    @property
    def acknowledged(self) -> bool:
        """The server's answer is on this disk."""
        return self.outcome is not None

    @property
    def done(self) -> bool:
        """A fact: booked by the server, or accepted by the till and not answered yet."""
        return self.outcome in ("booked", "flagged") or (self.outcome is None and self.accepted)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a till takes upon itself with a document: whether it is a sale, its cash (minor units), when."""

    sale: bool
    cash: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Open:
    """What the server has not answered: documents that wait for it, documents the till accepted, and the
    sales and cash (minor units) in these; ``last_ms`` is when the last of them was accepted."""

    waiting: int
    accepted: int
    sales: int
    cash: int
    last_ms: int

    @property
    def all(self) -> int:
        """Every document without an answer."""
        return self.waiting + self.accepted


class Journal:
    """``journal.db``: rows are only ever appended; one writer, guarded by :class:`TillLock`."""

    def __init__(self, path: Path, mirror: Path | None = None) -> None:
        """Open or create; JournalDamaged, CannotWrite, or UserError (a newer program wrote it).

        ``mirror`` is a folder on another disk that gets every row too. When ``path`` is gone and the mirror
        has a journal, that one is taken (``recovered``). UserError "journal.mirror_ahead" when the mirror has
        documents ``path`` lacks: then ``path`` was put back from an older copy.
        """
        self._path = path
        self._lock = threading.RLock()
        self._broken: CannotWrite | None = None
        self._mirror = Mirror(mirror / path.name) if mirror is not None else None
        self.recovered = self._mirror is not None and self._mirror.recover(path)
        self._db = open_store(path, FORMAT, SCHEMA, UPGRADES)
        try:
            self._check_chain()
            if self._mirror is not None:
                self._mirror.begin(self._db)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Fold the write-ahead log in and close the file."""
        with self._lock, troubles(self._path):
            if self._mirror is not None:
                self._mirror.close()
            self._db.close()

    @property
    def mirror_words(self) -> str:
        """Why the second copy is not being written; "" when it is, or when there is to be none."""
        return self._mirror.words if self._mirror is not None else ""

    def claim(self, store: int, till: int) -> None:
        """Say whose journal this is, once and for all; UserError when it is another till's."""
        with self._lock, troubles(self._path):
            found = self._db.execute("SELECT store, till FROM owner").fetchone()
        if found is None:
            self._write(("INSERT INTO owner (store, till) VALUES (?, ?)", (store, till)))
        elif found != (store, till):
            raise UserError(
                "journal.other_till",
                path=str(self._path),
                found=f"{found[0]}/{found[1]}",
                expected=f"{store}/{till}",
            )

    # -- writing: each call is on the disk when it returns ---------------------------------------

    def append(self, document: Document, taken: Taken | None = None) -> None:
        """Record a document before it is sent. CannotWrite: it is not recorded, so it must not be sent.

        ``taken``: the till accepts it by itself in the same write.
        """
        row = (
            document.id,
            document.epoch,
            document.no,
            document.kind,
            json.loads(document.body).get("sale"),
            document.body,
            document.hash,
        )
        insert = "INSERT INTO intent (id, epoch, no, kind, sale, body, hash) VALUES (?,?,?,?,?,?,?)"
        self._write((insert, row), *([_accept(document.id, taken)] if taken else []))

    def accept(self, document_id: str, taken: Taken) -> None:
        """Record that the till takes a document without an answer for done. Harmless twice."""
        self._write(_accept(document_id, taken))

    def acknowledge(self, document_id: str, outcome: Outcome, answer: dict[str, Any], server_ms: int) -> None:
        """Record the server's answer. Harmless when recorded already."""
        text = answer_text(answer, answer_seal(document_id, outcome, answer, server_ms))
        self._write(
            (
                "INSERT OR IGNORE INTO state (id, state, outcome, answer, server_ms)"
                " VALUES (?, 'acknowledged', ?, ?, ?)",
                (document_id, outcome, text, server_ms),
            )
        )

    def mark_printed(self, document_id: str) -> None:
        """Record that the paper of a document was given out, or offered and declined."""
        self._write(("INSERT OR IGNORE INTO state (id, state) VALUES (?, 'printed')", (document_id,)))

    def prune(self) -> int:
        """Drop acknowledged documents 35 days older than the newest answer, by the server's clock.

        The newest document always stays (it holds the head), so does all that was not acknowledged.
        Returns how many went.
        """
        with self._lock, transaction(self._db, self._path):
            first, *rest = PRUNE
            gone = self._db.execute(first).rowcount
            for statement in rest if gone else ():
                self._db.execute(statement)
        if gone and self._mirror is not None:
            self._mirror.prune(self._db)
        return gone

    def try_write(self) -> None:
        """Take the write lock and let go; CannotWrite when the file or an earlier failure forbids it."""
        with self._lock:
            if self._broken is not None:
                raise self._broken
            with troubles(self._path):
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute("ROLLBACK")
            if self._mirror is not None:
                self._mirror.follow(self._db)

    # -- reading ---------------------------------------------------------------------------------

    def last(self, epoch: int | None = None) -> Entry | None:
        """The newest document, of ``epoch`` if given."""
        if epoch is None:
            return self._one("ORDER BY i.seq DESC LIMIT 1", ())
        return self._one("WHERE i.epoch = ? ORDER BY i.no DESC LIMIT 1", (epoch,))

    def pending(self, epoch: int, limit: int = -1) -> tuple[Entry, ...]:
        """The epoch's documents without an answer, in the order they were made; the first ``limit``."""
        return self._all(f"WHERE {OPEN} ORDER BY i.no LIMIT ?2", (epoch, limit))

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

    def open(self, epoch: int) -> Open:
        """How much of the epoch has no answer, without reading the documents."""
        with self._lock, troubles(self._path):
            return Open(*self._db.execute(COUNT_OPEN, (epoch,)).fetchone())

    def last_shift(self, epoch: int) -> Entry | None:
        """The newest opening or closing of a shift that the server booked."""
        return self._one(
            "WHERE i.epoch = ? AND i.kind IN ('shift_open', 'shift_close')"
            " AND a.outcome IN ('booked', 'flagged') ORDER BY i.no DESC LIMIT 1",
            (epoch,),
        )

    def last_effective(self, epoch: int) -> Entry | None:
        """The newest document that was not refused: it carries the running grand total."""
        return self._one(
            "WHERE i.epoch = ? AND coalesce(a.outcome, '') <> 'refused' ORDER BY i.no DESC LIMIT 1", (epoch,)
        )

    def last_sale(self, epoch: int) -> Entry | None:
        """The newest sale that the server booked or the till accepted."""
        return self._one(
            f"WHERE i.epoch = ? AND i.kind IN ('sale', 'refund') AND {DONE} ORDER BY i.no DESC LIMIT 1",
            (epoch,),
        )

    def unprinted(self, epoch: int, limit: int = 10) -> tuple[Entry, ...]:
        """Sales among the last documents that are done and whose paper was never given out."""
        newest = self._all(
            f"WHERE i.epoch = ?1 AND i.kind IN ('sale', 'refund') AND {DONE} AND p.id IS NULL"
            f" AND i.no > (SELECT max(no) FROM intent WHERE epoch = ?1) - {RECENT}"
            " ORDER BY i.no DESC LIMIT ?2",
            (epoch, limit),
        )
        return newest[::-1]

    # -- inside ----------------------------------------------------------------------------------

    def _write(self, *statements: Statement) -> None:
        with self._lock:
            if self._broken is not None:
                raise self._broken
            try:
                with transaction(self._db, self._path):
                    for sql, row in statements:
                        self._db.execute(sql, row)
            except CannotWrite as problem:
                if problem.code == "journal.failed":
                    # After a failed sync nobody knows what is on the disk: only a restart reads it again.
                    self._broken = problem
                raise
            if self._mirror is not None:
                self._mirror.follow(self._db)

    def _one(self, tail: str, args: tuple[Any, ...]) -> Entry | None:
        found = self._all(tail, args)
        return found[0] if found else None

    def _all(self, tail: str, args: tuple[Any, ...]) -> tuple[Entry, ...]:
        with self._lock, troubles(self._path):
            rows = self._db.execute(ENTRY + tail, args).fetchall()
        return tuple(self._entry(row) for row in rows)

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        document_id, epoch, no, body, digest, outcome, answer, printed, accepted = row
        try:
            document = read_document(body, digest)
        except DocumentError as problem:
            raise JournalDamaged(self._path) from problem
        if (document.hash, document.id, document.epoch, document.no) != (digest, document_id, epoch, no):
            raise JournalDamaged(self._path)
        return Entry(document, outcome, self._answer(answer), printed is not None, accepted is not None)

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


def _accept(document_id: str, taken: Taken) -> Statement:
    return (
        "INSERT OR IGNORE INTO accepted (id, at_ms, sales, cash) VALUES (?, ?, ?, ?)",
        (document_id, taken.at_ms, int(taken.sale), taken.cash),
    )


def _follows(before: tuple[int, int, bytes] | None, epoch: int, no: int, body: bytes, digest: bytes) -> bool:
    try:
        prev = bytes.fromhex(json.loads(body)["prev"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if chain_hash(prev, body) != digest:
        return False
    return before is None or before[0] != epoch or (no, prev) == (before[1] + 1, before[2])
