"""What the commands that read a file of the shop share: its options, its example, and what is to correct."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options
from pos_desktop.domain.plan_reader import PlanProblemsError
from pos_desktop.domain.plan_rows import PlanProblem
from pos_desktop.errors import UserError, add_messages

Plan = TypeVar("Plan")
EXAMPLES = {"setup": "shop.toml", "offers": "offers.toml", "law": "law.toml"}

add_messages(
    {
        "plan.problems": "{file} is not ready; nothing was changed.\n{lines}",
        "plan.no_file": "{file} cannot be read ({reason}).\nWrite one with pos-desktop {command} --example.",
    }
)


def add_plan_options(parser: argparse.ArgumentParser, what: str) -> None:
    """The file (``what`` it holds, for the help), an example of it, a trial, and the server it is for."""
    parser.add_argument("file", nargs="?", type=Path, help=f"{what}, in TOML")
    parser.add_argument("--example", action="store_true", help="print a file to begin with")
    parser.add_argument("--check", action="store_true", help="say what is to correct and change nothing")
    add_owner_options(parser)
    parser.set_defaults(parser=parser)


def example_shown(args: argparse.Namespace) -> bool:
    """Print the command's example if it was asked for; without it the command line has to name a file."""
    if args.example:
        example = paths.resources_dir() / "setup" / EXAMPLES[args.command]
        print(example.read_text(encoding="utf-8"), end="")
        return True
    if args.file is None:
        args.parser.error("name the file, or ask for --example")
    return False


def read_plan_file(args: argparse.Namespace, read: Callable[[str], Plan]) -> Plan:
    """What the file says. UserError "plan.problems" with each line to correct, "plan.no_file"."""
    try:
        return read(args.file.read_text(encoding="utf-8-sig"))
    except PlanProblemsError as found:
        refuse(args.file, found.problems)
        raise
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UserError(
            "plan.no_file", file=str(args.file), reason=str(reason), command=args.command
        ) from error


def refuse(file: Path, problems: Iterable[PlanProblem]) -> None:
    """Say what is to correct, if anything is. UserError "plan.problems"."""
    lines = [f"line {one.line}: {one.key} has to be {one.wanted}" for one in problems]
    if lines:
        raise UserError("plan.problems", file=str(file), lines="\n".join(lines))
