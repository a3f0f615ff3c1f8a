"""``pos-desktop till enroll|claim|replace|revoke|list``: which machine is which till."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options, owner_connection, owner_shop
from pos_desktop.config import Settings, load_settings, save_database
from pos_desktop.database.access import shop_server
from pos_desktop.database.dsn import network_dsn, server_dsn, without_login
from pos_desktop.database.enrol import claim_till, give_code, till_login, tills
from pos_desktop.database.till import Connection, block_till
from pos_desktop.domain.claim_code import ClaimCode, make_code, read_code
from pos_desktop.errors import UserError, add_messages
from pos_desktop.secret_store import (
    Kept,
    forget_pending,
    keep_secret,
    kept_secret,
    pending_secret,
    write_secret,
)

CODE_VARIABLE = "POS_DESKTOP_CODE"
SECRET_BYTES = 32

add_messages(
    {
        "till.file_there": "{file} is there already; nothing was written.\nName a new file.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser and its verbs."""
    parser = subparsers.add_parser(
        "till",
        help="give machines their tills, or take them away",
        description="The office makes a till and gets a one-time code; the machine that is given the code "
        "becomes the till, with a secret of its own that nobody sees.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    enroll = verbs.add_parser("enroll", help="make a till and a code for its machine")
    over = verbs.add_parser("replace", help="shut a till's machine out, and make a code for another one")
    revoke = verbs.add_parser("revoke", help="shut a till out at once")
    for verb in (enroll, over, revoke):
        verb.add_argument("--store", type=int, required=True, help="the store's number")
        verb.add_argument("--till", type=int, required=True, help="the till's number in its store")
        add_owner_options(verb)
    for verb in (enroll, over):
        verb.add_argument("--login", help="its database login; by default such as till_1_02")
        verb.add_argument("--drawer", type=int, help="the number of its cash drawer; by default the till's")
        verb.add_argument("--minutes", type=_minutes, default=60, help="how long the code counts, 1 to 1440")
        verb.add_argument("--here", action="store_true", help="this machine is the till: claim it at once")
    add_owner_options(verbs.add_parser("list", help="show every till"))
    pepper = verbs.add_parser(
        "pepper", help="write the shop's pepper into a file, for another till or the safe"
    )
    pepper.add_argument("file", type=Path, help="a new file; only this user can read it")
    _add_claim(verbs)


def _add_claim(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    claim = verbs.add_parser(
        "claim",
        help="make this machine the till that a code is for",
        description=f"Asks for the code, or reads it from a pipe or {CODE_VARIABLE}. Without --server the "
        "server of till.toml is used, or this machine's own.",
    )
    claim.add_argument("login", help="the till's name as the office gave it, such as till_1_02")
    claim.add_argument("--server", metavar="HOST", help="the shop's server, by the name in its certificate")
    claim.add_argument("--port", type=int, default=5432, help="its port")
    claim.add_argument("--database", default="pos", help="the shop's database")
    claim.add_argument("--ca", metavar="FILE", help="the certificate the server's own is signed with")


def _minutes(text: str) -> int:
    minutes = int(text)
    if not 1 <= minutes <= 1440:
        raise argparse.ArgumentTypeError("1 to 1440 minutes")
    return minutes


def run(args: argparse.Namespace) -> int:
    """Do the verb and say what was done."""
    verbs = {
        "enroll": _give, "replace": _give, "revoke": _revoke, "list": _list, "claim": _claim,
        "pepper": _pepper,
    }  # fmt: skip
    verbs[args.verb](args)
    return 0


# -- the office -------------------------------------------------------------------------------------


def _give(args: argparse.Namespace) -> None:
    code = make_code(secrets.token_bytes(32))
    with owner_shop(args) as (settings, dsn, owner):
        login = args.login or till_login(owner, args.store, args.till)
        login = login or f"till_{args.store}_{args.till:02d}"
        until = _make(args, owner, code, login)
        if args.here:
            _become(settings, dsn, login, code)
        else:
            _print_code(args, login, code, until)


def _make(args: argparse.Namespace, owner: Connection, code: ClaimCode, login: str) -> datetime:
    try:
        return give_code(
            owner,
            code,
            store=args.store,
            number=args.till,
            login=login,
            drawer=args.drawer,
            replace=args.verb == "replace",
            minutes=args.minutes,
        )
    except LookupError as problem:
        raise UserError("owner.no_store", what=str(problem)) from problem


def _print_code(args: argparse.Namespace, login: str, code: ClaimCode, until: datetime) -> None:
    if args.verb == "replace":
        print(f"The machine that was till {args.till} of store {args.store} is shut out.")
    print(f"This code makes one machine till {args.till} of store {args.store}, until {until:%H:%M} UTC:")
    print(f"\n    {code.text}\n\nOn that machine: pos-desktop till claim {login}")


def _revoke(args: argparse.Namespace) -> None:
    with owner_connection(args) as owner:
        if not block_till(owner, store=args.store, number=args.till):
            raise UserError("owner.no_login", what=f"till {args.till} in store {args.store}")
    print(f"Till {args.till} of store {args.store} is shut out.")


def _list(args: argparse.Namespace) -> None:
    with owner_connection(args) as owner:
        rows = tills(owner)
    print(f"{'store':>5} {'till':>4}  {'login':<16} {'state':<20} {'epoch':>5} {'documents':>9}  last seen")
    for row in rows:
        seen = f"{row.seen_at:%Y-%m-%d %H:%M} UTC" if row.seen_at else "never"
        print(
            f"{row.store:>5} {row.number:>4}  {row.login:<16} {row.state:<20} {row.epoch:>5}"
            f" {row.next_no - 1:>9}  {seen} {row.version}".rstrip()
        )


def _pepper(args: argparse.Namespace) -> None:
    """To a file and never to the screen, where somebody may stand behind one."""
    pepper = kept_secret(load_settings().pepper_file)
    if args.file.exists():
        raise UserError("till.file_there", file=str(args.file))
    write_secret(args.file, pepper)
    print(f"The shop's pepper is in {args.file}. Bring it to its place and delete it here.")


# -- the machine ------------------------------------------------------------------------------------


def _claim(args: argparse.Namespace) -> None:
    code = _typed_code(args.login)
    settings = load_settings()
    if args.server:
        address = network_dsn(args.server, args.port, args.database, args.ca)
        settings = replace(settings, database=replace(settings.database, dsn=address))
    with _address(settings) as dsn:
        _become(settings, dsn, args.login, code)


@contextlib.contextmanager
def _address(settings: Settings) -> Iterator[str]:
    """The server's connection string without a login; this machine's own server runs for the block."""
    if settings.database.embedded:
        with shop_server(settings, say=print) as dsn:
            yield dsn
        return
    yield server_dsn(replace(settings.database, login=""), None, str(settings.file))


def _typed_code(login: str) -> ClaimCode:
    """Never an option: everybody on a machine can read a command line."""
    text = os.environ.get(CODE_VARIABLE)
    if text is None and not sys.stdin.isatty():
        text = sys.stdin.readline()
    if text is None:
        text = getpass.getpass(f"Code for {login}: ")
    try:
        return read_code(text)
    except ValueError as error:
        raise UserError("enrol.mistyped") from error


def _become(settings: Settings, dsn: str, login: str, code: ClaimCode) -> None:
    """Keep a new secret first, then swap the code for it: whatever happens between, it is not lost.

    The one in use until now stays until the new one counts: a mistyped code harms no working till.
    """
    paths.make_private_dir(settings.home)
    secret = pending_secret(settings.home, secrets.token_urlsafe(SECRET_BYTES))
    done = claim_till(dsn, login, code, secret)
    kept = keep_secret(settings.home, login, secret)
    _save(settings, login, kept, dsn)
    forget_pending(settings.home)
    where = "the system's keyring" if kept.key == "keyring" else "a file only this user can read"
    print(f"This machine is till {done.till} of store {done.store} now. Its secret is in {where}.")


def _save(settings: Settings, login: str, kept: Kept, dsn: str) -> None:
    values: dict[str, str | bool] = {"login": login, kept.key: kept.value}
    if not settings.database.embedded:
        values["dsn"] = without_login(dsn)
        if settings.database.insecure:
            values["insecure"] = True
    save_database(settings.file, values)
