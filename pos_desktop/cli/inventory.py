"""``pos-desktop inventory``: the manager's window on goods, prices, stock and the day's sales."""

from __future__ import annotations

import argparse
import contextlib
import secrets
from collections.abc import Callable, Iterator

from pos_desktop import paths
from pos_desktop.bootstrap import ManagerServices, open_manager
from pos_desktop.cli.demo_machine import demo_machine
from pos_desktop.cli.own_server import own_server
from pos_desktop.cli.register import window_size
from pos_desktop.config import Settings, load_settings
from pos_desktop.database.dsn import with_login
from pos_desktop.database.embedded import DATABASE, EmbeddedServer
from pos_desktop.database.manager import add_manager
from pos_desktop.database.shop_setup import owner_connection

DEMO_LOGIN = "mgr_demo"

OpenDesk = Callable[[str, str], ManagerServices]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "inventory",
        help="open the manager's window",
        description="Opens the manager's window on the shop's server that till.toml names, or on this "
        "machine's own. Managers sign in with a login of their own: pos-desktop manager add.",
    )
    parser.add_argument("--size", help="a window of this size, such as 1366x768")
    parser.add_argument("--theme", choices=("light", "dark"), help="light or dark")
    parser.add_argument("--demo", action="store_true", help="the demo shop of this machine")


def run(args: argparse.Namespace) -> int:
    """Open the window; returns when it is closed."""
    settings = load_settings()
    from ui.manager.app import SIZE, run_inventory

    size = window_size(args.size) or settings.screen.size or SIZE
    dark = (args.theme or settings.screen.theme) == "dark"
    with _demo() if args.demo else _shop(settings) as (open_desk, hint):
        return run_inventory(open_desk, size=size, dark=dark, hint=hint, settings=settings)


@contextlib.contextmanager
def _shop(settings: Settings) -> Iterator[tuple[OpenDesk, str]]:
    if not settings.database.embedded:
        yield lambda login, password: open_manager(settings, login, password), ""
        return
    with own_server(settings, print) as server:
        yield _at(server, settings), ""


def _at(server: EmbeddedServer, settings: Settings) -> OpenDesk:
    return lambda login, password: open_manager(
        settings, login, password, dsn=server.dsn(DATABASE, login, password)
    )


@contextlib.contextmanager
def _demo() -> Iterator[tuple[OpenDesk, str]]:
    """The demo shop with a manager whose password is made anew and shown."""
    password = secrets.token_urlsafe(6)
    with demo_machine(paths.home_dir() / "demo", say=print) as machine:
        with owner_connection(machine.owner_dsn) as owner:
            add_manager(owner, DEMO_LOGIN, "Dieter K.", password, [1, 2])
        hint = f"Demo login {DEMO_LOGIN}, password {password}"
        yield _at_demo(machine.owner_dsn, machine.settings), hint


def _at_demo(owner_dsn: str, settings: Settings) -> OpenDesk:
    return lambda login, password: open_manager(
        settings, login, password, dsn=with_login(owner_dsn, login, password)
    )
