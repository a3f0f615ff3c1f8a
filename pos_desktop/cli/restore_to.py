"""``pos-desktop restore --to TIME``: the whole server as it was then, from a base backup and the log."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.backup import in_words
from pos_desktop.config import Settings
from pos_desktop.database.access import embedded_server
from pos_desktop.database.base_backup import usable
from pos_desktop.database.binaries import binaries_of
from pos_desktop.database.embedded import DATABASE
from pos_desktop.database.migrate import load_plan
from pos_desktop.database.recovery import Recovery
from pos_desktop.database.restore import books_of
from pos_desktop.database.restore_point import (
    Moment,
    choose_base,
    put_in_place,
    refuse_used,
    restore_to,
    restoring_folder,
)
from pos_desktop.database.till import open_connection
from pos_desktop.database.wal_archive import WAL, restore_command
from pos_desktop.errors import UserError, add_messages
from pos_desktop.journal.lock import TillLock

WORD = "restore"
LATEST = "latest"

add_messages(
    {
        "restore.no_time": "{text} is no time.\nWrite it like '2026-11-22 18:04:12', or latest.",
        "restore.no_place": (
            "There is no folder with base backups.\nName it with --from, or write it into {file}."
        ),
        "restore.no_data": (
            "This machine does not run the shop's server.\n"
            "Name a new folder for the restored data with --data; the IT guide says what comes then."
        ),
        "restore.not_agreed": "Nothing was restored.\nStart again when you are ready.",
        "restore.not_empty": "{folder} is not empty.\nName a new folder for the restored data.",
    }
)


def run_to(args: argparse.Namespace, settings: Settings) -> int:
    """Say which backups there are and what will happen, ask, and do it."""
    to = _moment(args.to)
    place = args.source.resolve() if args.source else settings.bases.place
    if place is None:
        raise UserError("restore.no_place", file=str(settings.file))
    if args.data is not None:
        return _into_folder(args, place, to)
    if not settings.database.embedded:
        raise UserError("restore.no_data")
    with TillLock(paths.make_private_dir(settings.journal_dir)):
        return _in_place(args, settings, place, to)


def _moment(text: str) -> datetime | None:
    """A time by this machine's clock unless it names another; None for the latest."""
    if text == LATEST:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise UserError("restore.no_time", text=text) from error


def _chosen(args: argparse.Namespace, place: Path, to: datetime | None, old_wal: list[Path]) -> Moment:
    base = choose_base(place, to)
    _say(f"The base backups below {place}:")
    for one in usable(place):
        _say(f"  {in_words(one)}{'   <- this one' if one == base else ''}")
    fetch = args.wal_command or restore_command([place / WAL, *old_wal])
    return Moment(place, base, fetch, to)


def _agree(args: argparse.Namespace, to: datetime | None, what: str) -> None:
    goal = f"{to.astimezone():%Y-%m-%d %H:%M:%S}" if to else "the last moment of the archived log"
    _say(f"It is copied, brought forward to {goal}, and its books are verified.")
    _say(what)
    if not args.yes and input(f"Type {WORD} to do it: ").strip().lower() != WORD:
        raise UserError("restore.not_agreed")


def _in_place(args: argparse.Namespace, settings: Settings, place: Path, to: datetime | None) -> int:
    server = embedded_server(settings, _say)
    refuse_used(server)
    old_wal = [folder for folder in (server.data / "pg_wal", *_old_wal(args)) if folder.is_dir()]
    moment = _chosen(args, place, to, old_wal)
    _agree(args, to, f"Then it takes the place of {server.data}; what is there is kept beside it.")
    recovery = Recovery(binaries_of(moment.base.major, _say), restoring_folder(server), True, _say)
    books = restore_to(recovery, moment, load_plan(paths.migrations_dir()), DATABASE, _say)
    before = put_in_place(server, recovery)
    with server, open_connection(server.dsn(), "pos_desktop restore") as owner:
        assert books_of(owner).documents == books.documents
    _say(f"Restored {books.documents} documents{_until(books.until)}.")
    if before:
        _say(f"What was there is kept as {before}; delete it when all is well.")
    _say("Open the register: it sends what the server lacks and its own record has.")
    _say("Then begin a new line of backups: pos-desktop backup base")
    return 0


def _into_folder(args: argparse.Namespace, place: Path, to: datetime | None) -> int:
    data: Path = args.data.resolve()
    if data.exists() and any(data.iterdir()):
        raise UserError("restore.not_empty", folder=str(data))
    moment = _chosen(args, place, to, _old_wal(args))
    _agree(args, to, f"Then {data} is a server's data folder, to be put in place by you.")
    folder = paths.make_private_dir(data.with_name(f"{data.name}.restoring"))
    recovery = Recovery(binaries_of(moment.base.major, _say), folder, True, _say)
    books = restore_to(recovery, moment, load_plan(paths.migrations_dir()), args.database, _say)
    recovery.forget_login()
    if data.exists():
        data.rmdir()
    recovery.data.rename(data)
    _say(f"Restored {books.documents} documents{_until(books.until)} into {data}.")
    _say(
        "Stop the server, put this folder in the place of its data, start it; the IT guide has the commands."
    )
    _say("Each till then sends what the server lacks and its own record has.")
    return 0


def _old_wal(args: argparse.Namespace) -> list[Path]:
    return [args.old_wal.resolve()] if args.old_wal else []


def _until(until: datetime | None) -> str:
    return f", the last of {until.astimezone():%Y-%m-%d %H:%M:%S}" if until else ""


def _say(line: str) -> None:
    print(line, flush=True)
