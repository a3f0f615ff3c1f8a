"""``pos-desktop law FILE``: the law of the shop from one file: hours, limits, deposits, cases."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database.law import unknown_codes, unknown_names, write_law
from pos_desktop.domain.law_plan import LawPlan, LawProblemsError, read_law
from pos_desktop.errors import UserError, add_messages

EXAMPLE = Path("setup") / "law.toml"

add_messages(
    {
        "law.problems": "{file} is not ready; nothing was changed.\n{lines}",
        "law.no_file": "{file} cannot be read ({reason}).\nWrite one with pos-desktop law --example.",
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
    parser.add_argument("file", nargs="?", type=Path, help="the rules, in TOML")
    parser.add_argument("--example", action="store_true", help="print a file to begin with")
    parser.add_argument("--check", action="store_true", help="say what is to correct and change nothing")
    add_owner_options(parser)
    parser.set_defaults(parser=parser)


def run(args: argparse.Namespace) -> int:
    """Write the rules and say what they are."""
    if args.example:
        print((paths.resources_dir() / EXAMPLE).read_text(encoding="utf-8"), end="")
        return 0
    if args.file is None:
        args.parser.error("name the file, or ask for --example")
    plan = _plan(args.file)
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


def _plan(file: Path) -> LawPlan:
    try:
        return read_law(file.read_text(encoding="utf-8-sig"))
    except LawProblemsError as found:
        lines = [f"line {one.line}: {one.key} has to be {one.wanted}" for one in found.problems]
        raise UserError("law.problems", file=str(file), lines="\n".join(lines)) from found
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UserError("law.no_file", file=str(file), reason=str(reason)) from error
