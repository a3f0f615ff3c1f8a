"""What a till has to know to go on alone: small named notes on its disk, each kept or replaced whole."""

from __future__ import annotations

import threading
from pathlib import Path

from pos_desktop.journal.draft import move_away
from pos_desktop.journal.problems import JournalDamaged
from pos_desktop.journal.store import open_store, transaction, troubles

FORMAT = 1

_SCHEMA = "CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"


class Notes:
    """``alone.db``. Hardly anything in it is nowhere else: a damaged one is set aside and begun anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            self._db = open_store(path, FORMAT, _SCHEMA)
        except JournalDamaged:
            move_away(path)
            self._db = open_store(path, FORMAT, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock, troubles(self._path):
            self._db.close()

    def get(self, name: str) -> str | None:
        """A note, or None."""
        with self._lock, troubles(self._path):
            row = self._db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def all(self, prefix: str) -> dict[str, str]:
        """The notes whose names begin with ``prefix``, by the rest of the name."""
        with self._lock, troubles(self._path):
            rows = self._db.execute(
                "SELECT substr(name, ?), value FROM note WHERE substr(name, 1, ?) = ? ORDER BY name",
                (len(prefix) + 1, len(prefix), prefix),
            ).fetchall()
        return dict(rows)

    def put(self, name: str, value: str) -> None:
        """Keep a note; on the disk when it returns. Nothing is written when it says so already."""
        with self._lock:
            if self.get(name) != value:
                with transaction(self._db, self._path):
                    self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def drop(self, name: str) -> None:
        """Forget a note; harmless when there is none."""
        with self._lock:
            if self.get(name) is not None:
                with transaction(self._db, self._path):
                    self._db.execute("DELETE FROM note WHERE name = ?", (name,))
