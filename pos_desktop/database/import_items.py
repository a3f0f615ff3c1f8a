"""Takes checked item rows to the server: copied into a temporary table, looked at, then written in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg

from pos_desktop.database.errors import translated
from pos_desktop.database.till import call
from pos_desktop.domain.items_row import ItemRow, RowReject, TaxCode

Connection = psycopg.Connection[tuple[Any, ...]]

_COPY = (
    "copy pg_temp.import_row (line, codes, name, price, category, unit, plu, cost, tax, stock, min_age,"
    " strength, volume, supplier, field, reason) from stdin"
)
_REJECTS = (
    "select line, field, reason from pg_temp.import_row"
    " where field is not null and line > %s order by line limit %s"
)
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class ImportShop:
    """The shop a list goes into: store number, currency code, and the rates a row may name, highest first."""

    store: int
    currency: str
    taxes: tuple[TaxCode, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What importing the copied rows would do."""

    rows: int
    new: int
    changed: int
    same: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written: items made, items changed, new prices, items given opening stock."""

    new: int = 0
    changed: int = 0
    prices: int = 0
    stocked: int = 0

    def __add__(self, other: Applied) -> Applied:
        return Applied(
            self.new + other.new,
            self.changed + other.changed,
            self.prices + other.prices,
            self.stocked + other.stocked,
        )


class ImportRun:
    """One import on one connection. Nothing but temporary tables is written before :meth:`apply`."""

    def __init__(self, connection: Connection, store: int) -> None:
        """``store`` is the number of the store whose opening stock the list holds; 0 is the first one.

        LookupError when there is no such store.
        """
        self._connection = connection
        # A login's usual limits are for a till or a window; a million rows take longer.
        connection.execute("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")
        answer = call(connection, "select api.import_begin(%s)", store)
        if answer is None:
            raise LookupError(f"store {store}")
        taxes = tuple(TaxCode(tax["code"], tax["rate"]) for tax in answer["taxes"])
        self.shop = ImportShop(answer["store"], answer["currency"], taxes)

    def copy(self, rows: Iterable[ItemRow | RowReject]) -> int:
        """Stream rows and refusals into the temporary table; returns the last line number."""
        last = 0
        with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(_values(row))
                last = row.line
        return last

    def look(self) -> Looked:
        """Match the rows to the items on file and refuse those that cannot go in."""
        return Looked(**call(self._connection, "select api.import_check(%s)", self.shop.store))

    def apply(self, tax: str, first: int, last: int) -> Applied:
        """Write the rows between two lines in one transaction; ``tax`` is for new items that name none."""
        statement = "select api.import_apply(%s, %s, %s, %s)"
        return Applied(**call(self._connection, statement, self.shop.store, tax, first, last))

    def rejects(self) -> Iterator[RowReject]:
        """Every refused row by line, fetched a page at a time."""
        last = 0
        while page := self._connection.execute(_REJECTS, [last, _PAGE]).fetchall():
            for line, field, reason in page:
                yield RowReject(line, field, reason)
            last = page[-1][0]


@contextmanager
def import_run(dsn: str, store: int) -> Iterator[ImportRun]:
    """A connection of its own for one import; the program's own errors instead of psycopg's."""
    with (
        translated(),
        psycopg.connect(dsn, autocommit=True, application_name="pos_desktop import") as connection,
    ):
        yield ImportRun(connection, store)


def _values(row: ItemRow | RowReject) -> tuple[object, ...]:
    if isinstance(row, RowReject):
        return (row.line, *(None,) * 13, row.field[:80], row.reason)
    return (
        row.line,
        list(row.codes),
        row.name,
        row.price,
        row.category,
        row.unit,
        row.plu,
        row.cost,
        row.tax,
        _scaled(row.stock, 3),
        row.min_age,
        _scaled(row.strength, 2),
        _scaled(row.volume, 3),
        row.supplier,
        None,
        None,
    )


def _scaled(value: int | None, digits: int) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-digits)


Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and of how much."""
