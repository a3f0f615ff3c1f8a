"""``pos-desktop voucher``: gives out vouchers, gift cards or store credit, one code a line."""

from __future__ import annotations

import argparse
from datetime import date

from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database.shop_setup import store_terms
from pos_desktop.database.till import Connection
from pos_desktop.database.value_setup import block, issue
from pos_desktop.domain.money import currency, parse_amount
from pos_desktop.errors import UserError, add_messages

add_messages(
    {
        "voucher.value": "{value} is no amount in {currency}.\nWrite it as 5.00.",
        "voucher.code": "No gift card, credit or voucher has the code {typed}.\nCheck it on the receipt.",
        "voucher.until": "{until} is no day to come.\nWrite the last day it is good as 2027-01-31.",
    }
)

MOST = 10_000
"""Codes in one go: enough for any mailing, and a slip of the keyboard stays small."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "voucher",
        help="give out vouchers or gift cards",
        description="Makes codes worth money and prints them as CSV: code, value, last day. A voucher pays "
        "once and is used up whole; a gift card and a store credit keep what is not spent. Whoever has "
        "a code may spend it.",
    )
    parser.add_argument(
        "--store", type=int, default=1, help="the store they are booked to; good in all of its currency"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--value", help="what each is worth, as 5.00")
    what.add_argument(
        "--block", metavar="CODE", help="one that was lost or stolen: nothing is spent from it any more"
    )
    parser.add_argument("--count", type=int, default=1, help="how many")
    parser.add_argument(
        "--until", default="", help="the last day they are good, as 2027-01-31; for good without"
    )
    parser.add_argument("--kind", choices=("voucher", "gift_card", "store_credit"), default="voucher")
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Make them in one transaction, and print them when they are on file; or block one."""
    with owner_connection(args) as owner:
        if args.block:
            return _block(owner, args.block)
        value, until = _value(owner, args), _day(args.until)
        with owner.transaction():
            count = min(max(args.count, 1), MOST)
            codes = [issue(owner, args.store, args.kind, value, until=until) for _ in range(count)]
    for code in codes:
        print(f"{code},{args.value},{args.until}")
    return 0


def _block(owner: Connection, code: str) -> int:
    if not block(owner, code.replace(" ", "").replace("-", "").upper()):
        raise UserError("voucher.code", typed=code)
    print("It is blocked: no till takes it any more.")
    return 0


def _value(owner: Connection, args: argparse.Namespace) -> int:
    """The value in minor units of the store's currency."""
    terms = store_terms(owner, args.store)
    if terms is None:
        raise UserError("owner.no_store", what=f"store {args.store}")
    value = parse_amount(args.value, currency(terms.currency))
    if not value or value <= 0:
        raise UserError("voucher.value", value=args.value, currency=terms.currency)
    return value


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise UserError("voucher.until", until=text) from problem
