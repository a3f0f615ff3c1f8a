"""``pos-desktop offers FILE``: the shop's promotions, coupons and special prices from one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database.offers import GoodsOnFile, unknown_stores, write_offers
from pos_desktop.domain.offer_plan import OfferPlan, OfferProblemsError, read_offers
from pos_desktop.errors import UserError, add_messages

EXAMPLE = Path("setup") / "offers.toml"

add_messages(
    {
        "offers.problems": "{file} is not ready; nothing was changed.\n{lines}",
        "offers.no_file": "{file} cannot be read ({reason}).\nWrite one with pos-desktop offers --example.",
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
    parser.add_argument("file", nargs="?", type=Path, help="the offers, in TOML")
    parser.add_argument("--example", action="store_true", help="print a file to begin with")
    parser.add_argument("--check", action="store_true", help="say what is to correct and change nothing")
    add_owner_options(parser)
    parser.set_defaults(parser=parser)


def run(args: argparse.Namespace) -> int:
    """Write the offers and say how many begin and end."""
    if args.example:
        print((paths.resources_dir() / EXAMPLE).read_text(encoding="utf-8"), end="")
        return 0
    if args.file is None:
        args.parser.error("name the file, or ask for --example")
    with owner_connection(args) as owner:
        plan = _plan(args.file, GoodsOnFile(owner))
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


def _plan(file: Path, goods: GoodsOnFile) -> OfferPlan:
    try:
        return read_offers(file.read_text(encoding="utf-8-sig"), goods)
    except OfferProblemsError as found:
        lines = [f"line {one.line}: {one.key} has to be {one.wanted}" for one in found.problems]
        raise UserError("offers.problems", file=str(file), lines="\n".join(lines)) from found
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UserError("offers.no_file", file=str(file), reason=str(reason)) from error
