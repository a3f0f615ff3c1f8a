"""``pos-desktop setup``: makes a shop from one file: tables, stores, people, and this machine's till."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

from pos_desktop import paths
from pos_desktop.cli.owner import server_settings
from pos_desktop.cli.plan_file import add_plan_options, example_shown, read_plan_file, refuse
from pos_desktop.config import Settings, login_password, save_database
from pos_desktop.database.access import shop_server
from pos_desktop.database.enrol import give_code, till_login, tills
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.shop_setup import owner_connection
from pos_desktop.database.till import Connection, enrol_till
from pos_desktop.domain.claim_code import make_code
from pos_desktop.domain.shop_plan import ShopPlan, read_plan
from pos_desktop.secret_store import has_secret, keep_secret, kept_secret, put_secret
from pos_desktop.services.shop_setup import SetUpDone, set_up_shop, shop_problems

SECRET_BYTES = 32
CODE_MINUTES = 24 * 60
"""Forty machines are not set up within the hour a single code is good for."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "setup",
        help="make a shop from one file, or bring it up to the file",
        description="Makes the tables, stores, taxes, categories and people that FILE names. Run again after "
        "a change of the file it changes names, people and rates to come, never books, prices or stock. "
        "First PINs and passwords are shown once.",
    )
    add_plan_options(parser, "the shop's file")
    parser.add_argument(
        "--codes", action="store_true", help="a one-time code for each till without a machine"
    )


def run(args: argparse.Namespace) -> int:
    """Make the shop and say what to hand to whom."""
    if example_shown(args):
        return 0
    plan, text = read_plan_file(args, lambda said: (read_plan(said), said))
    if args.check:
        print(f"{args.file} is in order: {len(plan.stores)} stores, {len(plan.tills)} tills.")
        return 0
    settings = server_settings(args)
    pepper = _pepper(settings)
    with shop_server(settings, say=_say) as dsn:
        migrate(dsn, load_plan(paths.migrations_dir()), _say)
        with owner_connection(dsn) as owner:
            refuse(args.file, shop_problems(owner, plan, text, datetime.now(UTC).date()))
            done = set_up_shop(owner, plan, pepper)
            own = _own_till(owner, plan, settings)
            codes = list(_codes(owner, plan, CODE_MINUTES)) if args.codes and own is None else []
    _tell(plan, done, own, codes)
    return 0


def _pepper(settings: Settings) -> bytes:
    """The shop's pepper; a shop without one gets it here, once."""
    if not has_secret(settings.pepper_file):
        paths.make_private_dir(settings.pepper_file.parent)
        if put_secret(settings.pepper_file, secrets.token_urlsafe(24)) == "file":
            _say(
                f"Made the shop's pepper: {settings.pepper_file}\n"
                "Every till needs this file; keep a copy in a safe."
            )
        else:
            _say(
                "Made the shop's pepper; it lies in the system's keyring.\n"
                "Every till needs it, and a safe: pos-desktop till pepper FILE writes a copy."
            )
    return kept_secret(settings.pepper_file).encode()


def _own_till(owner: Connection, plan: ShopPlan, settings: Settings) -> tuple[int, int] | None:
    """A shop of one till runs its own server: that till is this machine, and gets its login here."""
    if not settings.database.embedded or len(plan.tills) != 1:
        return None
    (till,) = plan.tills
    if settings.database.login and login_password(settings) is not None:
        return till
    login, password = _login_of(till), secrets.token_urlsafe(SECRET_BYTES)
    enrol_till(owner, store=till[0], number=till[1], login=login, password=password)
    kept = keep_secret(settings.home, login, password)
    save_database(settings.file, {"login": login, kept.key: kept.value})
    return till


def _codes(owner: Connection, plan: ShopPlan, minutes: int) -> Iterator[str]:
    """A one-time code for each till no machine has claimed; a code given before stops counting."""
    claimed = {(row.store, row.number) for row in tills(owner) if row.claimed}
    for store, number in plan.tills:
        if (store, number) not in claimed:
            code, login = make_code(secrets.token_bytes(32)), _login_of((store, number))
            login = till_login(owner, store, number) or login
            give_code(owner, code, store=store, number=number, login=login, minutes=minutes)
            yield f"  store {store} till {number}: {code.text}  (pos-desktop till claim {login})"


def _login_of(till: tuple[int, int]) -> str:
    return f"till_{till[0]}_{till[1]:02d}"


def _tell(plan: ShopPlan, done: SetUpDone, own: tuple[int, int] | None, codes: list[str]) -> None:
    _say(f"The shop is ready: {len(plan.stores)} stores, {len(plan.staff)} people.")
    if done.pins or done.passwords:
        _say("Write these down and hand them over; nothing can show them again.")
    for pin in done.pins:
        _say(f"  {pin.who}  {pin.name}: PIN {pin.secret}")
    for password in done.passwords:
        _say(f"  {password.who}  {password.name}: password {password.secret}")
    if own is not None:
        _say(
            f"This machine is till {own[1]} of store {own[0]}. Next: pos-desktop import items, then register."
        )
    elif codes:
        _say(f"One-time codes for the machines of the tills, good for {CODE_MINUTES // 60} hours:")
        for line in codes:
            _say(line)
    else:
        _say("Codes for the machines of the tills: run it again with --codes, or pos-desktop till enroll.")


def _say(line: str) -> None:
    print(line, flush=True)
