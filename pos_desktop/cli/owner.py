"""What the commands for the owner of the database share: which server, and a connection to it."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import os
import sys
from collections.abc import Iterator
from dataclasses import replace

from pos_desktop.config import Settings, load_settings, login_password
from pos_desktop.database.access import shop_server
from pos_desktop.database.dsn import with_password
from pos_desktop.database.embedded import place_for
from pos_desktop.database.probe import try_login
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
    other = replace(
        settings.database, dsn=args.dsn, login="", insecure=args.insecure, password_file=None, keyring=None
    )
    return replace(settings, database=other)


@contextlib.contextmanager
def owner_connection(args: argparse.Namespace) -> Iterator[Connection]:
    """An autocommit connection as the owner of the database, the shop's server running for the block.

    UserError "owner.no_shop" on a machine that has no shop: none of these commands makes one by accident.
    """
    with owner_shop(args) as (_, _, connection):
        yield connection


@contextlib.contextmanager
def owner_shop(args: argparse.Namespace) -> Iterator[tuple[Settings, str, Connection]]:
    """As :func:`owner_connection`, with the settings and the connection string that were used."""
    settings = server_settings(args)
    if settings.database.embedded and not (place_for(settings.home) / "data").is_dir():
        raise UserError("owner.no_shop", home=str(settings.home))
    with shop_server(settings, say=lambda line: print(line, flush=True)) as dsn:
        dsn = _with_password(settings, dsn)
        with open_connection(dsn, "pos_desktop owner") as connection:
            yield settings, dsn, connection


def _with_password(settings: Settings, dsn: str) -> str:
    """Ask for the password where the server wants one and nothing of the settings has it."""
    if settings.database.embedded or login_password(settings) is not None or not sys.stdin.isatty():
        return dsn
    try:
        try_login(dsn)
    except UserError as refused:
        if refused.code != "server.login_refused":
            raise
        return with_password(dsn, getpass.getpass("Password of the database's owner: "))
    return dsn


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
