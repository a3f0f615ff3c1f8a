"""What the till was in the middle of: the basket after each change, payments taken, a card being charged."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from pos_desktop.journal.problems import JournalDamaged
from pos_desktop.journal.store import open_store, transaction, troubles

FORMAT = 1

_SCHEMA = """
CREATE TABLE draft (one INTEGER PRIMARY KEY CHECK (one = 1), sale TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE probe (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL) STRICT;
INSERT INTO probe VALUES (1, 0);
"""


class DraftStore:
    """``draft.db``: one mutable record. A damaged draft is set aside, never a reason not to trade."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            self._db = open_store(path, FORMAT, _SCHEMA)
        except JournalDamaged:
            self.set_aside = move_away(path)
            self._db = open_store(path, FORMAT, _SCHEMA)
        else:
            self.set_aside = None

    set_aside: Path | None
    """Where a damaged draft was moved to at this start, for support to look at."""

    def close(self) -> None:
        """Close the file."""
        with self._lock, troubles(self._path):
            self._db.close()

    def save(self, sale_id: str, body: dict[str, Any], *, synced: bool = False) -> None:
        """Replace the draft. ``synced``: on the disk when it returns, else safe from a crash only."""
        text = json.dumps(body, ensure_ascii=False)
        with self._lock:
            self._sync(synced)
            with transaction(self._db, self._path):
                self._db.execute("INSERT OR REPLACE INTO draft VALUES (1, ?, ?)", (sale_id, text))

    def load(self) -> tuple[str, dict[str, Any]] | None:
        """(sale id, body) of what was last saved, or None; what is no draft any more counts as none."""
        with self._lock, troubles(self._path):
            row = self._db.execute("SELECT sale, body FROM draft").fetchone()
        body = None if row is None else _read(row[1])
        return None if body is None else (row[0], body)

    def clear(self, sale_id: str | None = None) -> None:
        """Forget the draft, if it is of this sale (or whatever it is of). A newer basket stays."""
        with self._lock:
            self._sync(False)
            with transaction(self._db, self._path):
                if sale_id is None:
                    self._db.execute("DELETE FROM draft")
                else:
                    self._db.execute("DELETE FROM draft WHERE sale = ?", (sale_id,))

    def try_write(self) -> None:
        """Really write and sync something; CannotWrite says why not."""
        with self._lock:
            self._sync(True)
            with transaction(self._db, self._path):
                self._db.execute("UPDATE probe SET count = count + 1")

    def _sync(self, synced: bool) -> None:
        with troubles(self._path):
            self._db.execute(f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")


def _read(text: str) -> dict[str, Any] | None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def move_away(path: Path) -> Path:
    """Set a damaged file aside under a name of its own, for support to look at."""
    number = 1
    while (target := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.replace(target)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return target
