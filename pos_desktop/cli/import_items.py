"""``pos-desktop import``: takes a list of items, or a whole shop from SQLite, into the shop's database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pos_desktop.cli import move_in
from pos_desktop.cli.owner import add_owner_options, server_settings
from pos_desktop.cli.progress import ProgressBar
from pos_desktop.database.access import shop_server
from pos_desktop.services.import_items import ImportOptions, ImportResult, import_items

EXIT_REJECTS = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "import",
        help="read items from a CSV file, or a shop from a SQLite file",
        description="items: takes a list in. Columns in any order, the first three needed: codes name "
        "price category unit plu cost tax stock min_age strength volume supplier. "
        "Importing twice changes nothing.",
    )
    kinds = parser.add_subparsers(title="what", dest="what", metavar="items|sqlite", required=True)
    items = kinds.add_parser("items", help="items with codes, prices and opening stock")
    items.add_argument("file", type=Path, metavar="FILE.csv")
    items.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    items.add_argument("--all-or-nothing", action="store_true", help="write nothing when any row is rejected")
    items.add_argument(
        "--mapping", type=Path, metavar="FILE.toml", help="which heading of the list is which column"
    )
    items.add_argument("--rejects", type=Path, metavar="FILE.csv", help="where to write rejected rows")
    items.add_argument("--store", type=int, default=0, metavar="N", help="the store the stock column is for")
    items.add_argument(
        "--tax", metavar="CODE", help="the rate of new items that name none (else the highest)"
    )
    move_in.add_kind(kinds)
    for kind in kinds.choices.values():
        kind.add_argument("--quiet", action="store_true", help="no progress bar")
        add_owner_options(kind)


def run(args: argparse.Namespace) -> int:
    """Import, say what was done, and return 1 when rows were rejected."""
    bar = ProgressBar(sys.stderr, hidden=args.quiet)
    settings = server_settings(args)
    if args.what == "sqlite":
        return move_in.run(args, settings, bar)
    options = ImportOptions(
        store=args.store,
        tax=args.tax,
        mapping=args.mapping,
        rejects=args.rejects,
        dry_run=args.dry_run,
        all_or_nothing=args.all_or_nothing,
    )
    with shop_server(settings, say=bar.say) as dsn:
        try:
            result = import_items(dsn, args.file, options, bar.show)
        finally:
            bar.clear()
    for line in report(result, options):
        print(line)
    return EXIT_REJECTS if result.looked.rejected else 0


def report(result: ImportResult, options: ImportOptions) -> list[str]:
    """What happened, in lines for people."""
    looked, written = result.looked, result.written
    lines = []
    if result.ignored_columns:
        lines.append(f"Columns not used: {', '.join(result.ignored_columns)}")
    if options.dry_run:
        lines.append(
            f"Would add {_items(looked.new)} and change {looked.changed}; {looked.same} stay as they are."
        )
    elif not result.applied:
        lines.append(f"Nothing was imported: rows that cannot go in: {looked.rejected} of {looked.rows}.")
    else:
        lines.append(
            f"Added {_items(written.new)}, changed {written.changed}; {looked.same} stay as they are. "
            f"Prices set: {written.prices}; opening stock: {written.stocked}."
        )
    if result.rejects:
        lines.append(
            f"Rows rejected: {looked.rejected}. They are in {result.reject_file} with their reasons:"
        )
        lines += [f"  line {one.line}, {one.field}: {one.reason}" for one in result.rejects]
        more = looked.rejected - len(result.rejects)
        lines += [f"  and {more} more"] if more else []
    return lines


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"
