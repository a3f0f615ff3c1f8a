"""``pos-desktop verify``: proves a server, a till's journal, a backup or an export; names the first wrong."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pos_desktop.cli.export import existing, verifier_file
from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database import compare
from pos_desktop.database.scratch import dump_made_at, restored_dump
from pos_desktop.database.till import Connection, open_connection
from pos_desktop.database.verify import Finding, VerifyReport, verify
from pos_desktop.domain.anchor import Anchor, AnchorError, read_anchors
from pos_desktop.errors import EnvironmentProblem, UserError, add_messages
from pos_desktop.journal import check
from pos_desktop.journal.problems import JournalDamaged

EXIT_WRONG = 3

add_messages(
    {
        "verify.no_anchors": (
            "The anchors in {path} cannot be read ({reason}).\n"
            "Give a file of JSON lines with at, store, till, epoch, no and head."
        ),
        "verify.live_alone": (
            "--live compares a backup or a till's journal with the server.\nAdd --backup or --journal."
        ),
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "verify",
        help="recompute the chain, the sums and the stock",
        description="Reads every document, recomputes its hash, chain and sums, compares every row in the "
        f"tables with the document's bytes, and stock with its movements. Ends with {EXIT_WRONG} when "
        "something is wrong, the first wrong document first. Without a file it is the shop's server.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--journal", type=Path, metavar="PATH", help="a till's journal.db; it is not changed")
    what.add_argument("--backup", type=Path, metavar="FILE", help="a dump, restored into a server of its own")
    what.add_argument("--export", type=Path, metavar="FILE", help="what pos-desktop export journal wrote")
    parser.add_argument(
        "--anchors",
        type=Path,
        metavar="FILE",
        help="chain heads noted elsewhere: finds an end that was cut off",
    )
    parser.add_argument(
        "--live", action="store_true", help="compare the backup or journal with the server as well"
    )
    parser.add_argument(
        "--heads", action="store_true", help="print each till's chain head, to compare with paper"
    )
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Verify, print what was found, and say so by the exit code."""
    if args.live and args.journal is None and args.backup is None:
        raise UserError("verify.live_alone")
    for path in (args.export, args.journal, args.backup, args.anchors):
        if path is not None:
            existing(path)
    anchors = _anchors(args.anchors) if args.anchors else []
    if args.export is not None:
        return _export(args)
    if args.journal is not None:
        return _journal(args, anchors)
    if args.backup is not None:
        return _backup(args, anchors)
    return _server(args, anchors)


def _server(args: argparse.Namespace, anchors: Iterable[Anchor]) -> int:
    try:
        with owner_connection(args) as connection:
            report = verify(connection, _count, anchors)
    except EnvironmentProblem as problem:
        if problem.code != "server.damaged":
            raise
        return _end([Finding("the server's disk", str(problem.params["what"]))], "")
    return _tell(report, heads=args.heads)


def _count(count: int) -> None:
    print(f"{count} documents read", flush=True)


def _anchors(path: Path) -> list[Anchor]:
    try:
        with path.open(encoding="utf-8") as file:
            return list(read_anchors(file))
    except (AnchorError, UnicodeDecodeError) as problem:
        raise UserError("verify.no_anchors", path=str(path), reason=str(problem)) from problem


# -- an export -------------------------------------------------------------------------------------


def _export(args: argparse.Namespace) -> int:
    """By the very file that an inspector runs."""
    lines, wrong = _verifier().check(str(args.export), str(args.anchors) if args.anchors else None)
    print("\n".join(lines))
    if wrong:
        print(f"First wrong: {wrong}. Keep the file as it is and ask for help.")
        return EXIT_WRONG
    print("The export is in order: chains, numbers, sums, taxes, grand totals and Z reports.")
    return 0


def _verifier() -> Any:
    spec = importlib.util.spec_from_file_location("verify_journal", verifier_file())
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- a till's journal ------------------------------------------------------------------------------


def _journal(args: argparse.Namespace, anchors: Iterable[Anchor]) -> int:
    try:
        report = check.check_journal(args.journal, anchors)
    except JournalDamaged as problem:
        print(f"file: {problem.text().splitlines()[0]}")
        return _end([Finding("file", "")], "")
    findings = [Finding(*found) for found in report.findings]
    if args.live and not findings:
        with owner_connection(args) as connection, check.read_only(args.journal) as db:
            documents = check.kept_documents(db, None, None, None)
            findings += compare.differs_from_server(documents, connection)
    if args.heads:
        for epoch, no, head in report.heads:
            print(f"store {report.store} till {report.till} epoch {epoch} no {no} head {head}")
    told = f"{report.documents} documents of store {report.store} till {report.till} are in order"
    told += f", {report.unanswered} of them without the server's answer" if report.unanswered else ""
    return _end(findings, told + _held(report.anchors) + (" The server has the same." if args.live else ""))


# -- a backup --------------------------------------------------------------------------------------


def _backup(args: argparse.Namespace, anchors: Iterable[Anchor]) -> int:
    """Heads noted after the dump was made are not in it, and are left aside."""
    made = dump_made_at(args.backup)
    told = [anchor for anchor in anchors if anchor.at <= made]
    with contextlib.ExitStack() as stack:
        print(f"Restoring {args.backup} into a server of its own", flush=True)
        restored = stack.enter_context(_restored(args.backup))
        report = verify(restored, _count, told)
        findings = list(report.findings)
        sums = compare.chain_sums(restored)
        if args.live:
            live = stack.enter_context(owner_connection(args))
            findings += compare.differs_from_live(sums, live)
    for chain in sums:
        print(
            f"{chain.place}: {chain.documents} documents to no {chain.no}, {chain.sales} sales, "
            f"total {chain.total}, head {chain.head}"
        )
    return _tell(
        VerifyReport(report.documents, tuple(findings), report.heads, report.anchors),
        heads=args.heads,
        after=" The server goes on from there." if args.live else "",
    )


@contextlib.contextmanager
def _restored(dump: Path) -> Iterator[Connection]:
    with restored_dump(dump) as dsn, open_connection(dsn, "pos_desktop verify") as connection:
        yield connection


# -- what is said ----------------------------------------------------------------------------------


def _tell(report: VerifyReport, *, heads: bool, after: str = "") -> int:
    if heads:
        for head in report.heads:
            print(f"store {head.store} till {head.till} epoch {head.epoch} no {head.no} head {head.head}")
    told = f"{report.documents} documents, their rows, the stock and the shifts are in order"
    return _end(report.findings, told + _held(report.anchors) + after)


def _held(anchors: int) -> str:
    return f", and so are {anchors} heads noted elsewhere." if anchors else "."


def _end(findings: Iterable[Finding], all_well: str) -> int:
    found = list(findings)
    for finding in found:
        if finding.what:
            print(f"{finding.place}: {finding.what}")
    if not found:
        print(all_well)
        return 0
    print(f"First wrong: {found[0].place}. Keep everything as it is and ask for help.")
    return EXIT_WRONG
