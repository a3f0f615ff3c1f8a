"""``pos-desktop backup``: copies the whole server, lists the copies, proves the newest, works at night."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos_desktop.cli.owner import add_owner_options, owner_shop
from pos_desktop.config import Settings
from pos_desktop.database.base_backup import Base, bases, keep_newest, pass_on, take_base
from pos_desktop.database.binaries import binaries_of
from pos_desktop.database.till import Connection
from pos_desktop.database.wal_archive import WAL, make_archive
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.nightly import Night, work

EXIT_WRONG = 3
MB = 1_000_000

add_messages(
    {
        "backup.no_place": (
            "There is no folder for base backups.\n"
            "Name one with --to, or write backup.base_directory into {file}."
        ),
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser and its verbs."""
    parser = subparsers.add_parser(
        "backup",
        help="copy the whole server, and prove the copies",
        description="base copies the running server below a folder and checks every file of the copy; list "
        "shows the copies there; nightly does the night's work. With the server's archived log a copy can be "
        "restored to any moment since.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    base = verbs.add_parser("base", help="copy the running server, check the copy, clear old ones away")
    base.add_argument("--keep", type=_count, metavar="N", help="how many stay (backup.bases_kept)")
    base.add_argument("--command", metavar="CMD", help="pass the copy on: a command with {path}")
    night = verbs.add_parser(
        "nightly", help="the night's work, as the keeper begins it: a base backup, a dump, the proof of both"
    )
    add_owner_options(night)
    listing = verbs.add_parser("list", help="the copies, and from when to when they reach")
    for verb in (base, listing):
        verb.add_argument("--to", type=Path, metavar="DIR", help="the folder (backup.base_directory)")
        add_owner_options(verb)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    if args.verb == "nightly":
        return _nightly(args)
    with owner_shop(args) as (settings, dsn, owner):
        place = _place(args.to, settings)
        make_archive(place, own=settings.database.embedded)
        if args.verb == "list":
            return _list(place)
        binaries = binaries_of(owner.info.server_version // 10000, _say)
        base = take_base(binaries, dsn, place, _say)
        _say(f"{base.name}: {base.size / MB:.0f} MB, every file checked.")
        for gone in keep_newest(binaries, place, args.keep or settings.bases.kept):
            _say(f"{gone.name} was cleared away.")
        if command := args.command or settings.bases.copy_command:
            pass_on(command, place, base)
            _say("It was passed on.")
        _tell_archive(owner, place)
    return 0


def _nightly(args: argparse.Namespace) -> int:
    with owner_shop(args) as (settings, dsn, _):
        folder = settings.backup_dir or settings.home / "backups"
        dumps = not settings.database.embedded
        proofs = work(Night(dsn, settings.bases, folder, settings.second_backup_dir, dumps), _say)
    if not proofs:
        _say("There is no backup to prove.")
    return EXIT_WRONG if any(proof.finding for proof in proofs) else 0


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return int(text)


def _place(named: Path | None, settings: Settings) -> Path:
    place = named.resolve() if named else settings.bases.place
    if place is None:
        raise UserError("backup.no_place", file=str(settings.file))
    return place


def _list(place: Path) -> int:
    for base in bases(place):
        _say(in_words(base))
    if not bases(place):
        _say(f"There is no base backup below {place}.")
    return 0


def in_words(base: Base) -> str:
    """One line about a copy: its name, since when it can be restored to any moment, its size."""
    since = f"{base.ended_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return f"{base.name}: any moment since {since}, {base.size / MB:.0f} MB"


def _tell_archive(owner: Connection, place: Path) -> None:
    """A copy without the log that follows it is worth its own moment only."""
    row = owner.execute(
        "select current_setting('archive_mode'), current_setting('basic_archive.archive_directory', true)"
    ).fetchone()
    if row is None or row[0] == "off":
        _say("The server archives no log: this copy can be restored to its own moment only.")
    elif row[1] and Path(row[1]) != place / WAL:
        _say(f"The server's log goes to {row[1]}, not to {place / WAL}.")


def _say(line: str) -> None:
    print(line, flush=True)
