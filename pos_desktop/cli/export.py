"""``pos-desktop export``: the journal as lines anybody can check, their verifier, and a store as SQLite."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.database.export import Selected, kept_documents, only_store
from pos_desktop.database.export_sqlite import export_sqlite
from pos_desktop.database.shop_setup import store_terms
from pos_desktop.domain.export import export_lines
from pos_desktop.domain.money import currency
from pos_desktop.errors import UserError, add_messages
from pos_desktop.journal import check

VERIFIER = "verify_journal.py"

add_messages(
    {
        "export.own_till": (
            "A till's own journal holds that till alone: --store and --till are not for it.\n"
            "Leave them out, or export from the server."
        ),
        "export.no_file": "There is no file {path}.\nCheck its name.",
        "export.till_of_store": "A till's number counts within its store.\nGive --store with --till.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("export", help="write the journal for an inspector, or a store as SQLite")
    kinds = parser.add_subparsers(title="what", metavar="WHAT", dest="what", required=True)
    _add_journal(kinds)
    sqlite = kinds.add_parser(
        "sqlite",
        help="a store as a SQLite file of plain tables",
        description="Writes items, stock, people, sales, payments, Z reports and documents of a store into "
        "one SQLite file that any program can read. pos-desktop import sqlite takes it back.",
    )
    sqlite.add_argument("output", type=Path, metavar="FILE", help="the file to write")
    sqlite.add_argument("--store", type=int, default=1, metavar="N", help="the store")
    add_owner_options(sqlite)
    verifier = kinds.add_parser("verifier", help=f"write {VERIFIER}, which needs nothing but Python")
    verifier.add_argument("-o", "--output", type=Path, default=Path(VERIFIER), metavar="FILE")


def _add_journal(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    journal = kinds.add_parser(
        "journal",
        help="every document with its chain, as JSON lines",
        description="Writes every document byte for byte with its hash, one JSON line each, from the server "
        f"or from a till's own journal. {VERIFIER} checks the file without this program.",
    )
    journal.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the file to write")
    journal.add_argument("--journal", type=Path, metavar="PATH", help="a till's journal.db, not the server")
    journal.add_argument("--store", type=int, metavar="N", help="one store only")
    journal.add_argument(
        "--till", type=int, metavar="N", help="one till only; with --store if there are more"
    )
    journal.add_argument("--epoch", type=int, metavar="N", help="one epoch only")
    journal.add_argument("--from", dest="since", type=date.fromisoformat, metavar="DAY", help="2026-11-22")
    journal.add_argument(
        "--to", dest="until", type=date.fromisoformat, metavar="DAY", help="that day included"
    )
    add_owner_options(journal)


def run(args: argparse.Namespace) -> int:
    """Write the file and say what is in it."""
    if args.what == "verifier":
        shutil.copyfile(verifier_file(), args.output)
        print(f"{args.output} is written. It needs Python 3.8 or newer and nothing of this program.")
    elif args.what == "sqlite":
        _to_sqlite(args)
    elif args.journal is not None:
        _from_journal(args)
    else:
        _from_server(args)
    return 0


def verifier_file() -> Path:
    """The verifier as it ships."""
    return paths.resources_dir() / VERIFIER


def existing(path: Path) -> Path:
    """A file that was named on the command line; UserError "export.no_file" when there is none."""
    if not path.is_file():
        raise UserError("export.no_file", path=str(path))
    return path


def _from_server(args: argparse.Namespace) -> None:
    with owner_connection(args) as connection:
        store = args.store
        if args.till is not None and store is None:
            store = only_store(connection)
            if store is None:
                raise UserError("export.till_of_store")
        selected = Selected(store, args.till, args.epoch, args.since, args.until)
        with kept_documents(connection, selected) as (at, documents):
            _write(args.output, export_lines("server", at, selected.told(), documents))


def _from_journal(args: argparse.Namespace) -> None:
    if args.store is not None or args.till is not None:
        raise UserError("export.own_till")
    told = Selected(epoch=args.epoch, since=args.since, until=args.until).told()
    since = _midnight(args.since) if args.since else None
    until = _midnight(args.until + timedelta(days=1)) if args.until else None
    with check.read_only(existing(args.journal)) as db:
        owner = check.owner(db)
        documents = check.kept_documents(db, args.epoch, since, until)
        told = {"store": owner[0], "till": owner[1], **told}
        _write(args.output, export_lines("till", datetime.now(UTC), told, documents))


def _to_sqlite(args: argparse.Namespace) -> None:
    with owner_connection(args) as connection:
        terms = store_terms(connection, args.store)
        if terms is None:
            raise UserError("owner.no_store", what=f"store {args.store}")
        digits = currency(terms.currency).digits
        counts = export_sqlite(connection, args.store, digits, args.output, lambda _table, _count: None)
    told = ", ".join(f"{count} {table}" for table, count in counts.items() if count)
    print(f"{args.output} is written: {told}.")


def _midnight(day: date) -> datetime:
    """When a day begins by this machine's clock."""
    return datetime.combine(day, time()).astimezone()


def _write(output: Path, lines: Iterable[bytes]) -> None:
    """Under its own name only when it is whole and on the disk."""
    part = output.with_name(f"{output.name}.part")
    count = 0
    try:
        with part.open("wb") as file:
            for line in lines:
                file.write(line)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    print(f"{count - 2} documents are in {output}. Check it with: python {VERIFIER} {output}")
