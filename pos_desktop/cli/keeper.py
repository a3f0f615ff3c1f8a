"""``pos-desktop keeper``: watches the shop's server, or gives the watcher its login."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from pos_desktop.bootstrap import store_secrets
from pos_desktop.cli.owner import add_owner_options, new_password, owner_connection
from pos_desktop.config import Settings, load_settings
from pos_desktop.database.access import shop_server
from pos_desktop.database.embedded import place_for
from pos_desktop.database.keeper import LOGIN, add_keeper
from pos_desktop.database.till import end_login, end_sessions
from pos_desktop.errors import UserError
from pos_desktop.services.keeper import Keeper, Post
from pos_desktop.services.nightly import Nightly


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "keeper",
        help="watch the shop's server",
        description="Without a word more: ends sessions that break the rules, raises alerts, adds up sales, "
        "writes chain heads outside the database, until Ctrl+C or SIGTERM. With add or end: gives the "
        "keeper its login, as the owner of the database, or takes it back.",
    )
    parser.add_argument("what", nargs="?", choices=("add", "end"), help="the keeper's login")
    parser.add_argument("--login", default=LOGIN, help=f"with add and end: its name ({LOGIN})")
    parser.add_argument(
        "--backups", action="store_true", help="with add: it may also copy the server and read the whole shop"
    )
    parser.add_argument("--once", action="store_true", help="one round, for cron")
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    if args.what == "add":
        return _add(args)
    if args.what == "end":
        return _end(args)
    settings = load_settings()
    if settings.database.embedded and not (place_for(settings.home) / "data").is_dir():
        raise UserError("owner.no_shop", home=str(settings.home))
    store_secrets(settings)
    with shop_server(settings, say=_say) as dsn:
        keeper = Keeper(post_of(settings, dsn), _say)
        if args.once:
            keeper.once()
            return 0
        with _stopped_by_signals() as stop:
            keeper.run(stop)
    return 0


def post_of(settings: Settings, dsn: str) -> Post:
    """Where the keeper of this machine works.

    Dumps are watched where this machine makes them, and where its settings say that there are some.
    """
    folders = [folder for folder in (settings.backup_dir, settings.second_backup_dir) if folder is not None]
    if not settings.database.embedded:
        usual = settings.home / "backups"
        folders = [folder for folder in folders if folder != usual or folder.is_dir()]
    return Post(
        dsn=dsn,
        anchors=settings.keeper.anchors_dir,
        backups=tuple(folders),
        bases=settings.bases.place,
        night=Nightly(settings.bases.nightly_at, settings.home) if settings.bases.nightly_at else None,
        disks=(settings.home,),
        mail=settings.keeper.mail,
    )


def _add(args: argparse.Namespace) -> int:
    password = new_password(args.login)
    with owner_connection(args) as owner:
        add_keeper(owner, args.login, password, backups=args.backups)
    print(f"The keeper has the login {args.login}. Write it into till.toml of the machine it runs on.")
    return 0


def _end(args: argparse.Namespace) -> int:
    with owner_connection(args) as owner:
        if owner.execute("select 1 from pg_roles where rolname = %s", [args.login]).fetchone() is None:
            raise UserError("owner.no_login", what=f"login {args.login}")
        end_login(owner, args.login)
        end_sessions(owner, args.login)
    print(f"{args.login} is out.")
    return 0


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """An event that Ctrl+C and SIGTERM set: the round at hand is finished, then the keeper ends with 0."""
    stop = threading.Event()

    def set_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    names = ("SIGINT", "SIGTERM", "SIGBREAK")  # SIGBREAK: Windows' way to end a service's console
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, set_stop) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    print(line, flush=True)
