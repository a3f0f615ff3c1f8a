"""``pos-desktop restore``: puts a dump, or the shop at a moment, in place of what the server holds."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.restore_to import run_to
from pos_desktop.config import Settings, load_settings, login_password
from pos_desktop.database.access import embedded_server
from pos_desktop.database.embedded import DATABASE, EmbeddedServer
from pos_desktop.database.migrate import load_plan
from pos_desktop.database.restore import Books, Restored, restore_shop
from pos_desktop.database.till import enrol_till, open_connection
from pos_desktop.errors import UserError, add_messages
from pos_desktop.journal.lock import TillLock

WORD = "restore"

add_messages(
    {
        "restore.not_own": (
            "This machine does not run the shop's server.\n"
            "Restore on the server itself; the IT guide says how."
        ),
        "restore.no_dump": "There is no dump {path}.\nThe dumps of each Z lie in {folder}.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "restore",
        help="put a dump in place of what this machine's server holds",
        description="Reads DUMP beside the shop's database, verifies its books, shows how far both go, asks, "
        "and swaps them. What was there is kept under another name. The register has to be closed; its next "
        "start sends what the dump lacks and its journal still has.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("dump", type=Path, nargs="?", help="a file pos-*.dump, as a Z makes it")
    what.add_argument(
        "--to", metavar="TIME", help="the whole server as it was then, from a base backup; or: latest"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    more = parser.add_argument_group("with --to")
    more.add_argument(
        "--from", type=Path, dest="source", metavar="DIR", help="the backups (backup.base_directory)"
    )
    more.add_argument(
        "--data", type=Path, metavar="DIR", help="restore into this new folder, replace nothing"
    )
    more.add_argument(
        "--database", default=DATABASE, metavar="NAME", help=f"with --data: the shop's ({DATABASE})"
    )
    more.add_argument(
        "--old-wal", type=Path, metavar="DIR", help="pg_wal of the lost server, if it still reads"
    )
    more.add_argument("--wal-command", metavar="CMD", help="fetch the log by CMD, with %%f and %%p")


def run(args: argparse.Namespace) -> int:
    """Restore, and say what is left to do."""
    settings = load_settings()
    if args.to is not None:
        return run_to(args, settings)
    if not settings.database.embedded:
        raise UserError("restore.not_own")
    folder = settings.backup_dir or settings.home / "backups"
    if not args.dump.is_file():
        raise UserError("restore.no_dump", path=str(args.dump), folder=str(folder))
    journal = paths.make_private_dir(settings.journal_dir)
    with TillLock(journal), embedded_server(settings, _say) as server:
        plan = load_plan(paths.migrations_dir())
        agreed = _agreed if args.yes else _ask
        done = restore_shop(server, args.dump.resolve(), plan, _say, agreed)
        _say(f"Restored {done.books.documents} documents. What was there is kept as {done.before}.")
        _give_own_login(server, settings, done)
        _tell(settings, done)
    return 0


def _agreed(dump: Books, present: Books) -> bool:
    _compare(dump, present)
    return True


def _ask(dump: Books, present: Books) -> bool:
    _compare(dump, present)
    return input(f"Type {WORD} to put the dump in its place: ").strip().lower() == WORD


def _compare(dump: Books, present: Books) -> None:
    _say(f"The dump has {_in_words(dump)}; the shop's database now has {_in_words(present)}.")


def _in_words(books: Books) -> str:
    return f"{books.documents} documents, the last of {_local(books.until)}" if books.until else "no document"


def _local(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def _give_own_login(server: EmbeddedServer, settings: Settings, done: Restored) -> None:
    """On a new machine the till of the settings has its password, and the server not yet its login."""
    password = login_password(settings)
    for store, till, login in done.tills:
        if login == settings.database.login and password is not None:
            with open_connection(server.dsn(), "restore") as owner:
                enrol_till(owner, store=store, number=till, login=login, password=password)


def _tell(settings: Settings, done: Restored) -> None:
    for store, till, login in done.tills:
        if login != settings.database.login:
            _say(f"Till {till} of store {store} needs its login again: pos-desktop till")
    for login in done.managers:
        _say(f"{login} needs a new password: pos-desktop manager reset {login}")
    _say("Open the register: it sends what the dump lacks and its own record has.")


def _say(line: str) -> None:
    print(line, flush=True)
