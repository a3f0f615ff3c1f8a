"""A server of a few minutes: a dump is restored into it to be proven, and nothing of it stays."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from pos_desktop import paths
from pos_desktop.database.binaries import BinaryProvider, Say, open_binaries
from pos_desktop.database.dump import list_dump, restore_dump
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.server_process import remove_tree

RESTORED = "restored"
_MADE = re.compile(r"Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")


def dump_made_at(dump: Path) -> datetime:
    """When a dump was begun, to the second, by the clock of the machine that made it.

    EnvironmentProblem "dump.unreadable" when PostgreSQL cannot read the file.
    """
    found = _MADE.search(list_dump(open_binaries(None, lambda _: None), dump))
    assert found is not None, "pg_restore says when a dump was made"
    return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").astimezone(UTC)


@contextlib.contextmanager
def restored_dump(
    dump: Path,
    say: Say = lambda _: None,
    provider: BinaryProvider | None = None,
    roles: Sequence[str] = ("postgres",),
) -> Iterator[str]:
    """The connection string of a database that holds ``dump``, for the length of the block.

    EnvironmentProblem "dump.unreadable" when PostgreSQL cannot read the file. An older schema is brought to
    this program's: in the copy, never in the dump. ``provider``: the programs of the server it was made of;
    ``roles``: its roles, one of which owned it.
    """
    folder = Path(tempfile.mkdtemp(prefix="pos-proof-"))
    folder.chmod(0o711)  # as root the server runs as another user, who has to pass through
    try:
        with EmbeddedServer(folder / "server", provider, durable=False, say=say) as server:
            plan = load_plan(paths.migrations_dir())
            migrate(server.dsn(), plan)  # makes the roles that the dump's rights name
            with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
                owner.execute(f"create database {RESTORED}")
                known = {name for (name,) in owner.execute("select rolname from pg_roles")}
                for role in set(roles) - known:
                    owner.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
            restore_dump(server.binaries, dump, server.dsn(RESTORED))
            migrate(server.dsn(RESTORED), plan)
            yield server.dsn(RESTORED)
    finally:
        remove_tree(folder)
