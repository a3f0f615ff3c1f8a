"""``pos-desktop offers FILE``: the shop's promotions, coupons and special prices from one file."""

from __future__ import annotations

import argparse
from functools import partial

from pos_desktop.cli.owner import owner_connection
from pos_desktop.cli.plan_file import add_plan_options, example_shown, read_plan_file
from pos_desktop.database.offers import GoodsOnFile, unknown_stores, write_offers
from pos_desktop.domain.offer_plan import read_offers
from pos_desktop.errors import UserError, add_messages

add_messages(
    {
        "offers.unknown": "The shop has no store {names}.\nNothing was changed; correct the file.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "offers",
        help="set the promotions, coupons and special prices of the shop",
        description="Puts the offers of FILE in the place of those there were: what is as it was goes on, "
        "the rest ends. Coupons are only added. Tills know within two seconds.",
    )
    add_plan_options(parser, "the offers")


def run(args: argparse.Namespace) -> int:
    """Write the offers and say how many begin and end."""
    if example_shown(args):
        return 0
    with owner_connection(args) as owner:
        plan = read_plan_file(args, partial(read_offers, goods=GoodsOnFile(owner)))
        unknown = unknown_stores(owner, plan)
        if unknown:
            raise UserError("offers.unknown", names=", ".join(map(str, unknown)))
        begun, ended = (0, 0) if args.check else write_offers(owner, plan)
    codes = sum(len(each.codes) for each in plan.coupons)
    told = f"{len(plan.promotions)} promotions, {len(plan.prices)} prices, {codes} coupons"
    if args.check:
        print(f"{args.file} is in order: {told}.")
    else:
        print(f"The shop's offers are set: {told}; {begun} begin, {ended} end.")
    return 0
