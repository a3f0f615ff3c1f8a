"""``pos-desktop import sqlite FILE``: moves a shop in from another program's SQLite file, with a proof."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos_desktop.cli.progress import ProgressBar
from pos_desktop.config import Settings
from pos_desktop.database.access import shop_server
from pos_desktop.services.move_in import Moved, MoveOptions, move_in

EXIT_DIFFERENT = 1
SHOWN = 40


def add_kind(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of ``import sqlite``."""
    parser = kinds.add_parser(
        "sqlite",
        help="a whole shop from another program's SQLite file",
        description="Takes over items with prices and stock, customers, staff and every sale. The file is "
        "only read. Old sales become a chained series of their own. Run again it goes on where it "
        "was stopped; when it was done it changes nothing. Ends with a proof: 1 when a figure differs.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--dry-run", action="store_true", help="read every value, write nothing")
    parser.add_argument("--store", type=int, default=1, metavar="N", help="the store that moves in")
    parser.add_argument("--name", help="tells this source from others; the file's name unless given")
    parser.add_argument("--shape", type=Path, metavar="FILE.toml", help="which table and column holds what")
    parser.add_argument("--tax", metavar="CODE", help="the rate of the items (else the highest)")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where lists go; beside the file unless given"
    )


def run(args: argparse.Namespace, settings: Settings, bar: ProgressBar) -> int:
    """Move in, say what was taken over and what differs."""
    folder = args.output or args.file.resolve().parent
    if args.output:
        folder.mkdir(parents=True, exist_ok=True)
    options = MoveOptions(args.store, args.name or args.file.name, folder, args.shape, args.tax, args.dry_run)
    with shop_server(settings, say=bar.say) as dsn:
        try:
            moved = move_in(dsn, args.file, options, bar.show)
        finally:
            bar.clear()
    for line in report(moved, options):
        print(line)
    return EXIT_DIFFERENT if moved.differences or moved.orphans else 0


def report(moved: Moved, options: MoveOptions) -> list[str]:
    """What was found, done and compared, in lines for people."""
    lines = [f"Read as: {moved.fit.shape.name}"]
    for kind, found in moved.fit.found.items():
        named = ", ".join(f"{field} = {column}" for field, column in found.shown.items())
        lines.append(f"  {kind}: {found.table}, {moved.counts[kind]} rows ({named})")
    if options.dry_run:
        return [*lines, "Every value can be read. Nothing was written."]
    if moved.items is not None:
        looked, written = moved.items.looked, moved.items.written
        lines.append(
            f"Items: {written.new} added, {written.changed} changed, {looked.same} as they were,"
            f" {looked.rejected} refused."
        )
        lines += [f"  The refused are in {moved.items.reject_file}."] if moved.items.reject_file else []
    lines.append(f"Sales: {moved.sales} taken over now, {moved.before} before.")
    if moved.orphans:
        lines.append(f"Lines or payments without a sale, left where they are: {moved.orphans}.")
    return [*lines, *_proof(moved)]


def _proof(moved: Moved) -> list[str]:
    if not moved.differences:
        return ["Proof: days, tenders, goods, stock, prices and balances are the same on both sides."]
    lines = [f"Proof: {len(moved.differences)} figures differ."]
    for one in moved.differences[:SHOWN]:
        cause = f" ({one.cause})" if one.cause else ""
        lines.append(f"  {one.what}: {one.source} there, {one.shop} here{cause}")
    more = len(moved.differences) - SHOWN
    return [*lines, f"  and {more} more"] if more > 0 else lines
