"""Reads a foreign shop's SQLite file, and never writes to it: tables, items, people, sales in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pos_desktop.domain.old_sale import Raw
from pos_desktop.domain.old_shape import Found, quoted
from pos_desktop.errors import UserError, add_messages

_HEADER = b"SQLite format 3\0"

add_messages(
    {
        "old.no_file": "There is no file {file}.\nCheck the name and move in again.",
        "old.not_sqlite": "{file} is no SQLite database.\nGive the file the old program keeps its shop in.",
        "old.unreadable": "{file} cannot be read now ({reason}).\nClose the old program, or give a copy.",
    }
)


class OldSource:
    """An open source. Rows come as mappings; nothing here changes the file."""

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file

    def schema(self) -> dict[str, list[str]]:
        """Tables and views with their columns."""
        names = self._connection.execute(
            "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'"
            " order by type, rowid"
        ).fetchall()
        return {name: [row[1] for row in self._pragma(name)] for (name,) in names}

    def _pragma(self, table: str) -> list[Any]:
        return self._connection.execute(f"pragma table_info({quoted(table)})").fetchall()

    def count(self, found: Found) -> int:
        """How many rows its table has."""
        row = self._connection.execute(f"select count(*) from {quoted(found.table)}").fetchone()
        return int(row[0])

    def rows(self, found: Found) -> Iterator[Raw]:
        """Every row of a kind, in the order of its key."""
        return self._query(
            found.fields(), f"select {found.selection()} from {found.source} order by {found.order}"
        )

    def sales(
        self, sales: Found, lines: Found, payments: Found | None
    ) -> Iterator[tuple[Raw, list[Raw], list[Raw]]]:
        """Every sale with its lines and payments, in the order of its key: one pass, bounded memory."""
        of_line = self._parts(sales, lines)
        of_payment = self._parts(sales, payments) if payments is not None else iter(())
        line, payment = next(of_line, None), next(of_payment, None)
        for sale in self.rows(sales):
            own_lines, own_payments = [], []
            while line is not None and line["of"] == sale["id"]:
                own_lines.append(line)
                line = next(of_line, None)
            while payment is not None and payment["of"] == sale["id"]:
                own_payments.append(payment)
                payment = next(of_payment, None)
            yield sale, own_lines, own_payments

    def _parts(self, sales: Found, parts: Found) -> Iterator[Raw]:
        """Lines or payments beside the key of their sale, in the order of the sales."""
        key = sales.columns["id"]
        of = parts.columns["sale"]
        text = (
            f'select parts.* from {quoted(sales.table)} as sales join (select {of} as "of",'
            f' {parts.selection()}, {parts.order} as "at" from {parts.source}) as parts on parts."of" = {key}'
            f' order by {key}, parts."at"'
        )
        return self._query(("of", *parts.fields(), "at"), text)

    def orphans(self, sales: Found, parts: Found) -> int:
        """Lines or payments whose sale is not there: they cannot be taken over."""
        text = (
            f"select count(*) from {quoted(parts.table)} as {parts.kind} where not exists"
            f" (select 1 from {quoted(sales.table)} as sales"
            f" where {sales.columns['id']} = {parts.columns['sale']})"
        )
        return int(self._connection.execute(text).fetchone()[0])

    def _query(self, fields: tuple[str, ...], text: str) -> Iterator[Raw]:
        try:
            for row in self._connection.execute(text):
                yield dict(zip(fields, row, strict=True))
        except sqlite3.DatabaseError as error:
            raise UserError("old.unreadable", file=str(self._file), reason=str(error)) from error


@contextmanager
def open_source(file: Path) -> Iterator[OldSource]:
    """Open ``file`` for reading only. UserError when it is missing, no SQLite file, or in use."""
    try:
        with file.open("rb") as head:
            if head.read(len(_HEADER)) != _HEADER:
                raise UserError("old.not_sqlite", file=str(file))
    except FileNotFoundError as error:
        raise UserError("old.no_file", file=str(file)) from error
    except OSError as error:
        raise UserError("old.unreadable", file=str(file), reason=error.strerror or str(error)) from error
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.execute("begin")
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        raise UserError("old.unreadable", file=str(file), reason=str(error)) from error
    try:
        yield OldSource(connection, file)
    finally:
        connection.close()
