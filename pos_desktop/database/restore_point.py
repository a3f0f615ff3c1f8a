"""Restores a whole server to a moment: a base backup, the log after it, proven books, then its place."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pos_desktop import paths
from pos_desktop.database import server_process as process
from pos_desktop.database.base_backup import Base, usable
from pos_desktop.database.embedded import SUPERUSER, EmbeddedServer
from pos_desktop.database.migrate import Plan, Say, migrate
from pos_desktop.database.recovery import Recovery
from pos_desktop.database.restore import Books, books_of
from pos_desktop.database.till import open_connection
from pos_desktop.database.verify import verify
from pos_desktop.errors import UserError, add_messages
from pos_desktop.secret_store import write_secret

RESTORING = "restoring"
"""Beside the data of an embedded server: where the restored one grows."""

add_messages(
    {
        "restore.no_base": ("No base backup below {place} is from before {to}.\n{known}"),
        "restore.unsound": (
            "The books restored from {base} are not in order, so nothing was replaced.\n"
            "First wrong: {place}: {what}. Try an earlier time."
        ),
        "restore.in_use": (
            "Another program uses the shop's server in {place}.\n"
            "Close every window of the till and the keeper, and start again."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is to be restored: ``base`` of those below ``place``, the log that ``fetch`` brings, until ``to``.

    ``to`` None is as far as the log goes.
    """

    place: Path
    base: Base
    fetch: str
    to: datetime | None


def choose_base(place: Path, to: datetime | None) -> Base:
    """The newest base backup from before ``to``; UserError ``restore.no_base`` says which there are."""
    found = usable(place)
    fitting = [base for base in found if to is None or base.ended_at <= to]
    if fitting:
        return fitting[-1]
    known = "There is none at all."
    if found:
        known = (
            f"The oldest, {found[0].name}, was whole at {found[0].ended_at.astimezone():%Y-%m-%d %H:%M:%S}."
        )
    when = f"{to.astimezone():%Y-%m-%d %H:%M:%S}" if to else "now"
    raise UserError("restore.no_base", place=str(place), to=when, known=known)


def restore_to(recovery: Recovery, moment: Moment, plan: Plan, database: str, say: Say) -> Books:
    """Bring the copy forward to the moment and prove its books; how far they go. It is not running any more.

    UserError ``restore.unsound`` when they are wrong: nothing but the copy was touched then.
    """
    recovery.bring_forward(moment.base, moment.place, moment.fetch, moment.to)
    with recovery.running():
        migrate(recovery.dsn(database), plan)
        with open_connection(recovery.dsn(database), "pos_desktop restore") as restored:
            say("Checking its books")
            if findings := verify(restored).findings:
                first = findings[0]
                raise UserError("restore.unsound", base=moment.base.name, place=first.place, what=first.what)
            return books_of(restored)


def refuse_used(server: EmbeddedServer) -> None:
    """UserError ``restore.in_use`` while another program works on the server; one nobody uses is stopped."""
    if server.running():
        server.start()
        server.stop()
    if server.running():
        raise UserError("restore.in_use", place=str(server.place))


def put_in_place(server: EmbeddedServer, recovery: Recovery) -> Path | None:
    """Make the proven copy this machine's own server; where the data that were there lie now, if any.

    The copy takes over the password this machine has for its superuser, or on a new machine a new one.
    """
    secret = server.place / "password"
    fresh = None if secret.is_file() else secrets.token_urlsafe(24)
    password = fresh or secret.read_text(encoding="ascii")
    recovery.forget_login(f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'")
    lock = process.FileLock(server.place / "start.lock")
    if not lock.acquire(10.0):
        raise UserError("restore.in_use", place=str(server.place))
    try:
        if server.running():
            raise UserError("restore.in_use", place=str(server.place))
        before = None
        if server.data.is_dir():
            before = server.place / f"data.before-{datetime.now(UTC):%Y%m%d-%H%M%S}"
            server.data.rename(before)
        recovery.data.rename(server.data)
        if fresh:
            write_secret(secret, fresh)
    finally:
        lock.release()
    process.remove_tree(recovery.folder)
    return before


def restoring_folder(server: EmbeddedServer) -> Path:
    """An empty folder on the disk of the server's data, so that putting in place is one step."""
    paths.make_private_dir(server.place)
    folder = server.place / RESTORING
    process.remove_tree(folder)
    return paths.make_private_dir(folder)
