"""``pos-desktop rights``: who may do what in the database, against the list this program came with."""

from __future__ import annotations

import argparse

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database.rights import drift, rights_of, write_list

EXIT_DRIFT = 3


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "rights",
        help="compare who may do what in the database with the list",
        description="Names every role, grant, function, trigger and login that is not as this program made "
        f"it, and ends with {EXIT_DRIFT} then.",
    )
    parser.add_argument("--write", action="store_true", help="make this database the list (for developers)")
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Compare or write; say what differs."""
    with owner_connection(args) as owner:
        if args.write:
            write_list(paths.migrations_dir(), rights_of(owner))
            return 0
        found = drift(owner, paths.migrations_dir())
    for each in found:
        print(each)
    if not found:
        print("Every right is as this program made it.")
    return EXIT_DRIFT if found else 0
