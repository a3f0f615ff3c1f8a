"""``pos-desktop verify``: recomputes chains, sums and stock, and names the first wrong document."""

from __future__ import annotations

import argparse

from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database.verify import VerifyReport, verify

EXIT_WRONG = 3


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "verify",
        help="recompute the chain, the sums and the stock",
        description="Reads every document, recomputes its hash, chain and sums, compares every row in the "
        f"tables with the document's bytes, and stock with its movements. Ends with {EXIT_WRONG} when "
        "something is wrong, the first wrong document first.",
    )
    parser.add_argument(
        "--heads", action="store_true", help="print each till's chain head, to compare with paper"
    )
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Verify, print what was found, and say so by the exit code."""
    with owner_connection(args) as connection:
        report = verify(connection, lambda count: print(f"{count} documents read", flush=True))
    _print(report, heads=args.heads)
    return EXIT_WRONG if report.findings else 0


def _print(report: VerifyReport, *, heads: bool) -> None:
    if heads:
        for head in report.heads:
            print(f"store {head.store} till {head.till} epoch {head.epoch} no {head.no} head {head.head}")
    for finding in report.findings:
        print(f"{finding.place}: {finding.what}")
    if report.findings:
        print(f"First wrong: {report.findings[0].place}. Keep the database as it is and ask for help.")
    else:
        print(f"{report.documents} documents, their rows, the stock and the shifts are in order.")
