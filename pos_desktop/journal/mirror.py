"""The journal's second copy on another disk: gets every row too, and stands in when the first is lost."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from pos_desktop.errors import PosError, UserError
from pos_desktop.journal.problems import CannotWrite
from pos_desktop.journal.store import open_store, transaction, troubles
from pos_desktop.journal.tables import FORMAT, SCHEMA, UPGRADES

_TABLES = ("intent", "accepted", "state")
"""In the order their guards ask for: a note about a document comes after the document."""


class Mirror:
    """A journal of the same form in another folder. Its troubles are words: the till sells on without it.

    Not safe for threads by itself: the journal calls it under its own lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._upto: dict[str, int] = {}
        self.words = ""

    def recover(self, main: Path) -> bool:
        """Copy the mirror to ``main`` when that is gone and the mirror has documents; whether it did.

        Written beside it, synced and renamed, so that half a copy is never taken for a journal.
        """
        if main.exists() or not self._path.exists():
            return False
        fresh = main.with_name(main.name + ".recovering")
        try:
            source = open_store(self._path, FORMAT, SCHEMA, UPGRADES)
        except PosError:
            return False  # damaged or newer: then there is no second copy, and ``words`` will say so
        with troubles(self._path):
            fresh.unlink(missing_ok=True)
            with contextlib.closing(source):
                if source.execute("SELECT count(*) FROM intent").fetchone()[0] == 0:
                    return False
                with contextlib.closing(sqlite3.connect(fresh)) as copy:
                    source.backup(copy)
            with fresh.open("rb+") as file:
                os.fsync(file.fileno())
            fresh.replace(main)
        return True

    def begin(self, main: sqlite3.Connection) -> None:
        """Open the copy and bring it up to ``main``. UserError "journal.mirror_ahead" when it has more."""
        self.follow(main)
        if self._db is None:
            return
        newest = "SELECT epoch, no, hash FROM intent ORDER BY seq DESC LIMIT 1"
        with troubles(self._path):
            theirs, ours = self._db.execute(newest).fetchone(), main.execute(newest).fetchone()
            if theirs != ours:
                self.close()
                raise UserError("journal.mirror_ahead", path=str(self._path))

    def follow(self, main: sqlite3.Connection) -> None:
        """Write down what ``main`` has and the copy lacks; synced when it returns. Never raises."""
        try:
            db = self._opened(main)
            with transaction(db, self._path):
                for table in _TABLES:
                    self._copy(main, db, table)
        except PosError as problem:
            self._failed(problem)
        else:
            self.words = ""

    def prune(self, main: sqlite3.Connection) -> None:
        """Let go of the rows that ``main`` let go of."""
        try:
            db = self._opened(main)
            with transaction(db, self._path):
                first = main.execute("SELECT min(seq) FROM intent").fetchone()[0] or 0
                db.execute("DELETE FROM intent WHERE seq < ?", (first,))
                for table in ("state", "accepted"):
                    db.execute(f"DELETE FROM {table} WHERE id NOT IN (SELECT id FROM intent)")
        except PosError as problem:
            self._failed(problem)

    def close(self) -> None:
        """Close the file."""
        db, self._db = self._db, None
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.close()

    def _opened(self, main: sqlite3.Connection) -> sqlite3.Connection:
        if self._db is None:
            if not self._path.parent.is_dir():  # never made here: it would lie on the first disk then
                raise CannotWrite("journal.failed", reason="its folder is not there")
            self._db = open_store(self._path, FORMAT, SCHEMA, UPGRADES)
            with troubles(self._path):
                for table in _TABLES:
                    newest = self._db.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchone()
                    self._upto[table] = newest[0]
                owner = self._db.execute("SELECT store, till FROM owner").fetchone()
                ours = main.execute("SELECT store, till FROM owner").fetchone()
            if owner is not None and owner != ours:
                raise UserError("journal.mirror_other", path=str(self._path))
        return self._db

    def _copy(self, main: sqlite3.Connection, db: sqlite3.Connection, table: str) -> None:
        if table == _TABLES[0] and not db.execute("SELECT 1 FROM owner").fetchone():
            for row in main.execute("SELECT store, till FROM owner"):
                db.execute("INSERT INTO owner VALUES (?, ?)", row)
        rows = main.execute(f"SELECT * FROM {table} WHERE seq > ? ORDER BY seq", (self._upto[table],))
        for row in rows.fetchall():
            db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(row))})", row)
            self._upto[table] = row[0]

    def _failed(self, problem: PosError) -> None:
        """Begin anew at the next write: what was read of the copy may not be what is on its disk."""
        self.close()
        self.words = UserError("journal.mirror_failed", reason=problem.text().splitlines()[0]).text()
