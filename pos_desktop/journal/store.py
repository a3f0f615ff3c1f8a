"""Opening a small SQLite file that must not lose what it was given, and naming its troubles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pos_desktop.errors import UserError
from pos_desktop.journal.problems import CannotWrite, JournalDamaged

APPLICATION_ID = 0x504F5344
"""Marks our files ("POSD"), so that any other SQLite file is refused."""

_FULL = (sqlite3.SQLITE_FULL,)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)


def open_store(
    path: Path,
    version: int,
    schema: str,
    upgrades: Mapping[int, str] | None = None,
    *,
    check: bool = True,
) -> sqlite3.Connection:
    """A connection in WAL mode with ``synchronous=FULL`` to a checked file, created when missing.

    ``upgrades`` holds, for each older version, the statements that make the next one of it. ``check``: read
    the whole file for damage first; not for what is large and can be had again.
    JournalDamaged when the file does not pass SQLite's check; UserError "journal.newer" when a newer program
    wrote it; CannotWrite when the folder or disk refuses.
    """
    with troubles(path):
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        with troubles(path):
            _prepare(db, path, version, schema, check=check)
            _upgrade(db, version, upgrades or {})
    except CannotWrite as problem:
        db.close()
        cause = problem.__cause__
        if isinstance(cause, sqlite3.Error) and _code(cause) == sqlite3.SQLITE_ERROR:
            raise JournalDamaged(path) from cause  # our statements are right: it is the file that is not
        raise
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path, version: int, schema: str, *, check: bool) -> None:
    found = db.execute("PRAGMA user_version").fetchone()[0]
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if found > version:
        raise UserError("journal.newer", path=str(path))
    if (tables or found) and owner != APPLICATION_ID:
        raise JournalDamaged(path)
    mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise CannotWrite("journal.failed", reason=f"journal mode {mode}")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA fullfsync=ON")
    db.execute("PRAGMA checkpoint_fullfsync=ON")
    if not tables:
        # One transaction, the version last: a half-made file is an empty one at the next start.
        db.executescript(
            f"BEGIN IMMEDIATE;{schema};PRAGMA application_id={APPLICATION_ID};"
            f"PRAGMA user_version={version};COMMIT;"
        )
    elif check and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise JournalDamaged(path)


def _upgrade(db: sqlite3.Connection, version: int, upgrades: Mapping[int, str]) -> None:
    """Bring an older file up to this version, each step in one transaction with its number."""
    found = db.execute("PRAGMA user_version").fetchone()[0]
    for number in range(found, version):
        db.executescript(f"BEGIN IMMEDIATE;{upgrades[number]};PRAGMA user_version={number + 1};COMMIT;")


@contextmanager
def troubles(path: Path) -> Iterator[None]:
    """Turn SQLite's failures into the journal's own, by their code."""
    try:
        yield
    except sqlite3.Error as problem:
        raise named(problem, path) from problem
    except UnicodeDecodeError as problem:  # a damaged page, quoted by SQLite's own check
        raise JournalDamaged(path) from problem
    except OSError as problem:
        raise CannotWrite("journal.failed", reason=problem.strerror or "unknown") from problem


def named(problem: sqlite3.Error, path: Path) -> CannotWrite | JournalDamaged:
    """The trouble a SQLite failure stands for."""
    code = _code(problem)
    if code in _DAMAGED:
        return JournalDamaged(path)
    if code in _FULL:
        return CannotWrite("journal.disk_full")
    if code in _READ_ONLY:
        return CannotWrite("journal.read_only")
    return CannotWrite("journal.failed", reason=str(problem))


def _code(problem: sqlite3.Error) -> int:
    return int(getattr(problem, "sqlite_errorcode", 0)) & 0xFF


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One durable write: begun at once, committed and synced at the end, taken back on any failure."""
    with troubles(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
