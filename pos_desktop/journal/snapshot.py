"""The till's own copy of the catalogue: loaded in pages, kept current, asked while the server is away."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_desktop.journal.problems import JournalDamaged
from pos_desktop.journal.store import open_store, transaction, troubles

FORMAT = 2

_SCHEMA = """
CREATE TABLE item (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL, price INTEGER NOT NULL,
    version INTEGER NOT NULL, tax TEXT NOT NULL, min_age INTEGER NOT NULL, category INTEGER NOT NULL,
    icon TEXT NOT NULL, colour TEXT NOT NULL, on_hand INTEGER NOT NULL, policy TEXT NOT NULL,
    open_price INTEGER NOT NULL, blocked INTEGER NOT NULL, extra TEXT NOT NULL
) STRICT;
CREATE TABLE words (id INTEGER PRIMARY KEY, search TEXT NOT NULL) STRICT;
CREATE TABLE code (code TEXT PRIMARY KEY, item INTEGER NOT NULL, kind TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX code_item ON code (item);
CREATE TABLE later (item INTEGER NOT NULL, at TEXT NOT NULL, version INTEGER NOT NULL, price INTEGER NOT NULL,
    PRIMARY KEY (item, at, version)) STRICT, WITHOUT ROWID;
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), started INTEGER NOT NULL,
    loaded INTEGER NOT NULL, change INTEGER NOT NULL, fresh_ms INTEGER NOT NULL) STRICT;
INSERT INTO progress VALUES (1, -1, 0, -1, 0);
"""

_UPGRADES = {
    1: "DROP TABLE item; DROP TABLE words; DROP TABLE code; DROP TABLE later; DROP TABLE progress;" + _SCHEMA
}
"""A copy in an older form is emptied: the server has it all."""

_ITEM = """
SELECT i.*, coalesce((SELECT min(code) FROM code WHERE item = i.id AND kind <> 'plu'), ''),
       coalesce((SELECT min(code) FROM code WHERE item = i.id AND kind = 'plu'), ''),
       (SELECT version || ' ' || price FROM later WHERE item = i.id AND at <= ?
         ORDER BY at DESC, version DESC LIMIT 1)
FROM item i WHERE i.id = ?
"""
_NAMES = (
    "id", "name", "unit", "price", "price_version", "tax", "min_age", "category_id", "icon", "colour",
    "on_hand", "stock_policy", "open_price", "blocked", "extra", "code", "plu",
)  # fmt: skip

Row = Sequence[Any]
"""One item as ``api.catalogue_page`` sends it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a copy is: the change number its loading ``started`` at (-1: not begun), the last item
    ``loaded``, the ``change`` it is current with (-1: not whole yet), when that was known to be so (ms)."""

    started: int
    loaded: int
    change: int
    fresh_ms: int

    @property
    def whole(self) -> bool:
        """Every item is in it."""
        return self.change >= 0


class Snapshot:
    """``catalogue.db``, and ``catalogue.new.db`` while a new copy is being loaded beside the one in use."""

    def __init__(self, folder: Path) -> None:
        self._path, self._new_path = folder / "catalogue.db", folder / "catalogue.new.db"
        self._lock = threading.RLock()
        self._db = _opened(self._path)
        self._new = _opened(self._new_path) if self._new_path.exists() else None

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            for db in (self._db, self._new):
                if db is not None:
                    db.close()

    # -- keeping it current --------------------------------------------------------------------------

    def progress(self) -> Progress:
        """How far the copy in use is."""
        return self._progress(self._db)

    def loading(self) -> Progress | None:
        """How far the new copy is; None when none is being loaded."""
        with self._lock:
            return None if self._new is None else self._progress(self._new)

    def begin(self, change: int) -> None:
        """Load a new copy from the first item on; ``change`` is the last change number before it."""
        with self._lock:
            self._forget_new()
            self._new = _opened(self._new_path)
            with transaction(self._new, self._new_path):
                self._new.execute("UPDATE progress SET started = ?", (change,))

    def load(self, rows: Sequence[Row]) -> None:
        """Take the next page into the new copy."""
        assert self._new is not None, "begin comes first"
        with self._lock, transaction(self._new, self._new_path):
            _insert(self._new, rows)
            self._new.execute("UPDATE progress SET loaded = ?", (rows[-1][0],))

    def finish(self, now_ms: int) -> None:
        """The last page is in: the new copy takes the place of the old one."""
        assert self._new is not None, "begin comes first"
        with self._lock:
            with transaction(self._new, self._new_path):
                self._new.execute("UPDATE progress SET change = started, fresh_ms = ?", (now_ms,))
            with troubles(self._new_path):
                self._new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._new.close()
                self._db.close()
                self._new = None
                _remove(self._path)
                self._new_path.replace(self._path)
            self._db = _opened(self._path)

    def update(self, rows: Sequence[Row], asked: Iterable[int], change: int, now_ms: int) -> None:
        """Replace the items ``asked`` for by ``rows``, which leave out what is gone; up to ``change``."""
        with self._lock, transaction(self._db, self._path):
            for number in asked:
                for table, column in (("item", "id"), ("words", "id"), ("code", "item"), ("later", "item")):
                    self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))
            _insert(self._db, rows)
            self._db.execute("UPDATE progress SET change = ?, fresh_ms = ?", (change, now_ms))

    # -- asking --------------------------------------------------------------------------------------

    def find(self, code: str, at: str) -> dict[str, Any] | None:
        """The item with this canonical code, with its price at ``at`` (UTC as in documents)."""
        with self._lock, troubles(self._path):
            row = self._db.execute("SELECT item FROM code WHERE code = ?", (code,)).fetchone()
        return None if row is None else self.item(row[0], at)

    def item(self, number: int, at: str) -> dict[str, Any] | None:
        """One item by its id, with its price at ``at``."""
        with self._lock, troubles(self._path):
            row = self._db.execute(_ITEM, (at, number)).fetchone()
        if row is None:
            return None
        found = dict(zip(_NAMES, row, strict=False))
        found["min_age"] = found["min_age"] or None
        found |= json.loads(found.pop("extra"))
        if row[-1] is not None:
            found["price_version"], found["price"] = map(int, row[-1].split())
        return found

    def search(self, text: str, words: Sequence[str], limit: int) -> list[int]:
        """Ids of items whose folded name begins with ``text``, then of those that hold every word.

        Reads every name once: bounded, and no index to keep on a small disk.
        """
        found = self._ids("search >= ?1 AND substr(search, 1, length(?1)) = ?1", "search, id", (text,), limit)
        if len(found) < limit and any(len(word) >= 3 for word in words):
            holds = " AND ".join(f"instr(search, ?{n})" for n in range(1, len(words) + 1))
            order = "instr(' ' || search, ' ' || ?1) = 0, length(search), id"
            more = self._ids(holds, order, tuple(words), limit + len(found))
            found += [number for number in more if number not in set(found)]
        return found[:limit]

    def coded(self, codes: Sequence[str]) -> int | None:
        """The item one of these codes names."""
        for code in codes:
            with self._lock, troubles(self._path):
                row = self._db.execute("SELECT item FROM code WHERE code = ?", (code,)).fetchone()
            if row is not None:
                return int(row[0])
        return None

    def _ids(self, test: str, order: str, values: tuple[str, ...], limit: int) -> list[int]:
        with self._lock, troubles(self._path):
            rows = self._db.execute(
                f"SELECT id FROM words WHERE {test} ORDER BY {order} LIMIT {int(limit)}", values
            ).fetchall()
        return [row[0] for row in rows]

    def _progress(self, db: sqlite3.Connection) -> Progress:
        with self._lock, troubles(self._path):
            return Progress(*db.execute("SELECT started, loaded, change, fresh_ms FROM progress").fetchone())

    def _forget_new(self) -> None:
        if self._new is not None:
            self._new.close()
            self._new = None
        _remove(self._new_path)


def _opened(path: Path) -> sqlite3.Connection:
    """The server has it all: a damaged copy, or one of another format, is thrown away and loaded again."""
    try:
        db = open_store(path, FORMAT, _SCHEMA, _UPGRADES, check=False)
    except JournalDamaged:
        _remove(path)
        db = open_store(path, FORMAT, _SCHEMA, check=False)
    db.execute("PRAGMA synchronous=NORMAL")
    return db


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()


def _insert(db: sqlite3.Connection, rows: Sequence[Row]) -> None:
    items = [(*row[:14], json.dumps(row[17])) for row in rows]
    db.executemany(f"INSERT OR REPLACE INTO item VALUES ({','.join('?' * 15)})", items)
    db.executemany("INSERT OR REPLACE INTO words VALUES (?, ?)", [(row[0], row[14]) for row in rows])
    codes = [(code, row[0], kind) for row in rows for code, kind in row[15]]
    db.executemany("INSERT OR REPLACE INTO code VALUES (?, ?, ?)", codes)
    later = [(row[0], *price) for row in rows for price in row[16]]
    db.executemany("INSERT OR REPLACE INTO later VALUES (?, ?, ?, ?)", later)
