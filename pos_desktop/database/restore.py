"""Puts a dump in place of the database on this machine's own server, once its books have proven sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql

from pos_desktop.database.dump import restore_dump
from pos_desktop.database.embedded import DATABASE, EmbeddedServer
from pos_desktop.database.migrate import Plan, Say, migrate
from pos_desktop.database.till import Connection, open_connection
from pos_desktop.database.verify import Finding, verify
from pos_desktop.errors import UserError, add_messages

SCRATCH = "pos_restoring"

add_messages(
    {
        "restore.wrong": (
            "The books in {path} are not in order, so nothing was replaced.\n"
            "First wrong: {place}: {what}. Try the dump before it."
        ),
        "restore.kept": "Nothing was replaced.\nThe dump {path} was read and is in order.",
    }
)


@dataclass(frozen=True, slots=True)
class Books:
    """How far a database's books go: documents in it, and when the newest was booked."""

    documents: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: the restored books, the database they replaced, and the logins this server lacks."""

    books: Books
    before: str
    tills: tuple[tuple[int, int, str], ...]
    managers: tuple[str, ...]


def restore_shop(
    server: EmbeddedServer, path: Path, plan: Plan, say: Say, agreed: Callable[[Books, Books], bool]
) -> Restored:
    """Read ``path`` beside the shop's database, bring it up to ``plan``, verify it, and swap the two.

    ``agreed`` is shown the dump's books and the present ones before the swap, which is one transaction; the
    present database stays under another name. UserError when the dump's books are wrong or nobody agreed.
    """
    say(f"Reading {path}")
    _make_scratch(server, plan)
    restore_dump(server.binaries, path, server.dsn(SCRATCH))
    migrate(server.dsn(SCRATCH), plan)
    with open_connection(server.dsn(SCRATCH), "restore") as restored:
        say("Checking its books")
        if findings := verify(restored).findings:
            raise _wrong(path, findings[0])
        books = books_of(restored)
    if not agreed(books, _present(server)):
        raise UserError("restore.kept", path=str(path))
    before = f"pos_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    _swap(server, before)
    with open_connection(server.dsn(), "restore") as owner:
        return Restored(books, before, _lost_tills(owner), _lost_managers(owner))


def books_of(owner: Connection) -> Books:
    """How far the books of a database go."""
    row = owner.execute("select count(*), max(server_at) from pos.document").fetchone()
    assert row is not None
    return Books(int(row[0]), row[1])


def _make_scratch(server: EmbeddedServer, plan: Plan) -> None:
    """An empty database with the rights of a shop's, on a server with its roles.

    The migrations make both, and a dump of one database holds neither.
    """
    with open_connection(server.dsn("postgres"), "restore") as owner:
        owner.execute(_of("drop database if exists {} with (force)", SCRATCH))
        owner.execute(_of("create database {} template template0", SCRATCH))
    migrate(server.dsn(SCRATCH), plan)
    with open_connection(server.dsn(SCRATCH), "restore") as owner:
        owner.execute("set client_min_messages = warning")
        owner.execute("drop schema pos, api, pos_meta cascade")


def _present(server: EmbeddedServer) -> Books:
    with open_connection(server.dsn(), "restore") as owner:
        found = owner.execute("select to_regclass('pos.document') is not null").fetchone()
        return books_of(owner) if found and found[0] else Books(0, None)


def _swap(server: EmbeddedServer, before: str) -> None:
    with open_connection(server.dsn("postgres"), "restore") as owner:
        owner.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = any(%s)",
            [[DATABASE, SCRATCH]],
        )
        with owner.transaction():
            owner.execute(_of("alter database {} rename to {}", DATABASE, before))
            owner.execute(_of("alter database {} rename to {}", SCRATCH, DATABASE))


def _lost_tills(owner: Connection) -> tuple[tuple[int, int, str], ...]:
    rows = owner.execute(
        "select s.number, t.number, t.login from pos.till t join pos.store s on s.id = t.store_id"
        " where not t.blocked and not exists (select from pg_roles r where r.rolname = t.login) order by 1, 2"
    )
    return tuple((store, till, login) for store, till, login in rows)


def _lost_managers(owner: Connection) -> tuple[str, ...]:
    rows = owner.execute(
        "select login from pos.manager m where ended_at is null"
        " and not exists (select from pg_roles r where r.rolname = m.login) order by 1"
    )
    return tuple(row[0] for row in rows)


def _wrong(path: Path, first: Finding) -> UserError:
    return UserError("restore.wrong", path=str(path), place=first.place, what=first.what)


def _of(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
