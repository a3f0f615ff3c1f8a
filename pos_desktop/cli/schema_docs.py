"""``pos-desktop schema-docs``: writes docs/schema.md from a database just made from the migrations."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database.schema_docs import schema_page


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "schema-docs",
        help="write the page about the tables",
        description="Describes the tables and functions of a live, migrated database as Markdown.",
    )
    parser.add_argument("--output", type=Path, default=Path("docs/schema.md"), help="the file to write")
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Write the page and say where it is."""
    with owner_connection(args) as connection:
        page = schema_page(connection)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(page, encoding="utf-8", newline="\n")
    print(f"Wrote {args.output}")
    return 0
