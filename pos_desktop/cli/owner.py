"""What the commands for the owner of the database share: which server, and a connection to it."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import os
import sys
from collections.abc import Iterator
from dataclasses import replace

from pos_desktop.config import Settings, load_settings
from pos_desktop.database.access import shop_server
from pos_desktop.database.embedded import place_for
from pos_desktop.database.till import Connection, open_connection
from pos_desktop.errors import UserError, add_messages

NEW_PASSWORD_VARIABLE = "POS_DESKTOP_NEW_PASSWORD"

add_messages(
    {
        "owner.no_shop": (
            "There is no shop in {home} yet.\n"
            "Run pos-desktop migrate to make one, or name the shop's server in till.toml."
        ),
        "owner.password_short": "A login's password has at least {least} characters.\nChoose a longer one.",
        "owner.password_differs": "The two passwords are not the same.\nType them again.",
        "owner.no_store": "There is no {what} in this database.\nAdd it first, or correct the number.",
        "owner.no_login": "There is no {what}.\nCheck the name; nothing was changed.",
    }
)

LEAST_PASSWORD = 10


def add_owner_options(parser: argparse.ArgumentParser) -> None:
    """The options that choose another server than that of the settings."""
    parser.add_argument("--dsn", help="another database than that of the settings, as its owner")
    parser.add_argument("--insecure", action="store_true", help="allow a server on the network without TLS")


def server_settings(args: argparse.Namespace) -> Settings:
    """This machine's settings, with the server of the options in place of theirs."""
    settings = load_settings()
    if not args.dsn:
        return settings
    return replace(
        settings, database=replace(settings.database, dsn=args.dsn, login="", insecure=args.insecure)
    )


@contextlib.contextmanager
def owner_connection(args: argparse.Namespace) -> Iterator[Connection]:
    """An autocommit connection as the owner of the database, the shop's server running for the block.

    UserError "owner.no_shop" on a machine that has no shop: none of these commands makes one by accident.
    """
    settings = server_settings(args)
    if settings.database.embedded and not (place_for(settings.home) / "data").is_dir():
        raise UserError("owner.no_shop", home=str(settings.home))
    with (
        shop_server(settings, say=lambda line: print(line, flush=True)) as dsn,
        open_connection(dsn, "pos_desktop owner") as connection,
    ):
        yield connection


def new_password(who: str) -> str:
    """A new login's password: from the environment, from a pipe, or asked twice. UserError when too short."""
    given = os.environ.get(NEW_PASSWORD_VARIABLE)
    if given is None and not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
    if given is None:
        given = getpass.getpass(f"New password for {who}: ")
        if getpass.getpass("Once more: ") != given:
            raise UserError("owner.password_differs")
    if len(given) < LEAST_PASSWORD:
        raise UserError("owner.password_short", least=LEAST_PASSWORD)
    return given
