"""``pos-desktop law FILE``: the law of the shop from one file: hours, limits, deposits, cases."""

from __future__ import annotations

import argparse

from pos_desktop.cli.owner import owner_connection
from pos_desktop.cli.plan_file import add_plan_options, example_shown, read_plan_file
from pos_desktop.database.law import unknown_codes, unknown_names, write_law
from pos_desktop.domain.law_plan import read_law
from pos_desktop.errors import UserError, add_messages

add_messages(
    {
        "law.unknown": "The shop has no {names}.\nNothing was changed; correct the file, or add them first.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "law",
        help="set the hours, limits, lowest prices, deposits and cases of the shop",
        description="Puts the rules of FILE in the place of those there were; deposits and cases it does not "
        "name stay. Tills know within two seconds.",
    )
    add_plan_options(parser, "the rules")


def run(args: argparse.Namespace) -> int:
    """Write the rules and say what they are."""
    if example_shown(args):
        return 0
    plan = read_plan_file(args, read_law)
    with owner_connection(args) as owner:
        unknown = [f"code {code}" for code in unknown_codes(owner, plan.codes)]
        unknown += unknown_names(owner, plan)
        if unknown:
            raise UserError("law.unknown", names=", ".join(unknown))
        if not args.check:
            write_law(owner, plan)
    counts = (
        (len(plan.restrictions), "restrictions"),
        (len(plan.hours), "hours"),
        (len(plan.lowest), "lowest prices"),
        (len(plan.deposits), "deposits"),
        (len(plan.cases), "cases"),
        (len(plan.juniors), "staff under age"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count) or "no rules"
    print(f"{args.file} is in order: {told}." if args.check else f"The shop's law is set: {told}.")
    return 0
