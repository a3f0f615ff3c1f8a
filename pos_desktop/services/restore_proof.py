"""Restores the newest backups into servers of a few minutes, verifies them, compares them with the shop's."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pos_desktop import paths
from pos_desktop.database.base_backup import Base
from pos_desktop.database.binaries import InstalledBinaries, Say, binaries_of
from pos_desktop.database.compare import ChainSum, chain_sums, differs_from_live
from pos_desktop.database.dsn import database_of
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.recovery import Recovery
from pos_desktop.database.restore import books_of
from pos_desktop.database.scratch import dump_made_at, restored_dump
from pos_desktop.database.server_process import remove_tree
from pos_desktop.database.till import Connection, open_connection
from pos_desktop.database.verify import verify
from pos_desktop.database.wal_archive import WAL, restore_command
from pos_desktop.errors import PosError

BASE, DUMP = "base", "dump"


@dataclass(frozen=True, slots=True)
class Proof:
    """What restoring a backup showed; an empty ``finding`` is a sound one. ``total`` in minor units.

    ``until`` is when its newest document was booked: what came later it does not have. Times are UTC.
    """

    source: str
    backup: str
    made_at: datetime
    began_at: datetime
    ended_at: datetime
    until: datetime | None
    documents: int
    sales: int
    total: int
    finding: str

    def row(self) -> dict[str, Any]:
        """As ``api.keeper_proved`` takes it."""
        times = {"made_at": self.made_at, "began_at": self.began_at, "ended_at": self.ended_at}
        return {
            "source": self.source, "backup": self.backup, "documents": self.documents, "sales": self.sales,
            "total": self.total, "finding": self.finding, "until": self.until and self.until.isoformat(),
            **{name: at.isoformat() for name, at in times.items()},
        }  # fmt: skip


def prove_base(base: Base, place: Path, live: str, say: Say = lambda _: None) -> Proof:
    """Bring a base backup below ``place`` forward as far as its log goes, and compare it with ``live``.

    ``live`` is a connection string that may read the shop's books. Trouble on the way is a finding too.
    """

    @contextlib.contextmanager
    def restored() -> Iterator[str]:
        folder = Path(tempfile.mkdtemp(prefix="pos-proof-"))
        folder.chmod(0o711)  # as root the server runs as another user, who has to pass through
        try:
            recovery = Recovery(binaries_of(base.major), folder, False, say)
            recovery.bring_forward(base, place, restore_command([place / WAL]), None)
            with recovery.running():
                dsn = recovery.dsn(database_of(live))
                migrate(dsn, load_plan(paths.migrations_dir()))
                yield dsn
        finally:
            remove_tree(folder)

    return _prove(BASE, base.name, base.ended_at, restored, live)


def prove_dump(dump: Path, live: str, say: Say = lambda _: None) -> Proof:
    """Restore a dump of the server at ``live``, and compare the two."""

    @contextlib.contextmanager
    def restored() -> Iterator[str]:
        with open_connection(live, "pos_desktop proof") as server:
            major = server.info.server_version // 10000
            rows = server.execute("select rolname from pg_roles where rolname !~ '^pg_'").fetchall()
        say(f"Restoring {dump}")
        programs, roles = InstalledBinaries(binaries_of(major).bin), [name for (name,) in rows]
        with restored_dump(dump, provider=programs, roles=roles) as dsn:
            yield dsn

    try:
        made_at = dump_made_at(dump)
    except PosError as unreadable:
        written, now = datetime.fromtimestamp(dump.stat().st_mtime, UTC), datetime.now(UTC)
        return Proof(DUMP, dump.name, written, now, now, None, 0, 0, 0, _in_a_line(unreadable))
    return _prove(DUMP, dump.name, made_at, restored, live)


def _prove(
    source: str,
    backup: str,
    made_at: datetime,
    restored: Callable[[], contextlib.AbstractContextManager[str]],
    live: str,
) -> Proof:
    began_at = datetime.now(UTC)
    sums: list[ChainSum] = []
    until, finding = None, ""
    try:
        with restored() as dsn, open_connection(dsn, "pos_desktop proof") as copy:
            sums, until = chain_sums(copy), books_of(copy).until
            finding = _finding(copy, sums, live)
    except (PosError, OSError) as trouble:
        finding = _in_a_line(trouble)
    return Proof(
        source, backup, made_at, began_at, datetime.now(UTC), until,
        sum(one.documents for one in sums), sum(one.sales for one in sums), sum(one.total for one in sums),
        finding,
    )  # fmt: skip


def _in_a_line(trouble: PosError | OSError) -> str:
    words = str(trouble) if isinstance(trouble, OSError) else trouble.text()
    return " ".join(words.split())


def _finding(copy: Connection, sums: list[ChainSum], live: str) -> str:
    """What is wrong first: in the copy's own books, or beside the shop's, which go on from there."""
    found = list(verify(copy).findings)
    if not found:
        with open_connection(live, "pos_desktop proof") as server:
            found = list(differs_from_live(sums, server))
    return f"{found[0].place}: {found[0].what}" if found else ""
