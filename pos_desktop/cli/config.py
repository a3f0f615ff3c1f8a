"""``pos-desktop config``: what this machine is set to, where each value comes from, and what is wrong."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from pos_desktop.config import explain_settings
from pos_desktop.config_file import DEFAULT, ENVIRONMENT, FILE, Used, without_passwords

EXIT_WRONG = 1
SOURCES = {DEFAULT: "the default", FILE: "the file", ENVIRONMENT: "the environment"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "config",
        help="show or check this machine's settings",
        description="show: every setting as the program uses it, and whether the file, the environment or "
        f"nothing says so. check: every value that cannot be used; ends with {EXIT_WRONG} then.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    show = actions.add_parser("show", help="every setting with where it comes from")
    show.add_argument("--json", action="store_true", help="one JSON object")
    actions.add_parser("check", help="every value that cannot be used")


def run(args: argparse.Namespace) -> int:
    """Show or check; both end with 1 when a value cannot be used."""
    explained = explain_settings()
    if args.action == "show":
        if args.json:
            found = {used.key: {"value": used.value, "source": used.source} for used in explained.used}
            text = json.dumps({"file": str(explained.file), "settings": found}, ensure_ascii=False)
            print(without_passwords(text))
            return EXIT_WRONG if explained.problems else 0
        print(without_passwords("\n".join(_lines(explained.used))))
    for problem in explained.problems:
        print(problem.text())
    if args.action == "check" and not explained.problems:
        own = sum(used.source != DEFAULT for used in explained.used)
        print(f"{explained.file}: in order. Set: {own}; the other {len(explained.used) - own} are defaults.")
    return EXIT_WRONG if explained.problems else 0


def _lines(shown: Sequence[Used]) -> Iterator[str]:
    width = max(len(used.key.partition(".")[2] + _toml(used.value)) for used in shown) + 3
    for section, settings in groupby(shown, key=lambda used: used.key.partition(".")[0]):
        yield f"[{section}]"
        for used in settings:
            name = used.key.partition(".")[2]
            line = f"# {name}" if used.value is None else f"{name} = {_toml(used.value)}"
            yield f"{line:<{width}}  # {SOURCES[used.source]}"
        yield ""


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
