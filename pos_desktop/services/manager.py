"""A manager's desk: items in pages, prices, stock corrections and the day's sales of his stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from pos_desktop.database import manager as rows
from pos_desktop.database.pool import Database
from pos_desktop.domain.money import divide_half_up
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.typed_text import kept_text

SORTS = ("name", "category", "supplier", "price", "cost", "on_hand", "low")
"""What the database can sort a page by; "-" in front sorts downwards."""
PAGE_SIZE = 100
EDITS_AT_ONCE = 250
"""Edits in one transaction: nobody else changes a price while it runs (a fraction of a second)."""

add_messages(
    {
        "manager.no_store": (
            "The login {login} has no store to look after.\n"
            "Ask for one: pos-desktop manager add {login} --store NUMBER."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Store:
    """A store this manager looks after."""

    number: int
    name: str
    currency: str
    tax_mode: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What to show: every word in the name, a code or the supplier's name, whatever accents and case."""

    store: int
    words: str = ""
    category: str = ""
    supplier: str = ""
    low: bool = False

    def as_query(self) -> dict[str, Any]:
        """The filter in the words of ``api.m_items_page``."""
        query: dict[str, Any] = {"store": self.store}
        if self.words.strip():
            query["words"] = self.words
        if self.category:
            query["category"] = self.category
        if self.supplier:
            query["supplier"] = self.supplier
        if self.low:
            query["low"] = 1
        return query


@dataclass(frozen=True, slots=True)
class Product:
    """An item in one store. Price in minor units, cost in millionths of the currency's unit or None.

    ``on_hand`` and ``low`` in thousandths, ``rate`` in parts per million. A change sends
    ``row_version`` back. ``who`` changed it last; ``key`` finds its place in the order it was read in.
    """

    id: int
    name: str
    code: str
    category: str
    unit: str
    price: int
    cost: int | None
    tax: str
    rate: int
    on_hand: int
    low: int | None
    blocked: bool
    supplier: str
    row_version: int
    min_age: int | None = None
    who: str = ""
    changed_at: datetime | None = None
    key: tuple[Any, ...] = ()

    def value(self, field: str) -> Value:
        """A field of FIELDS as edits name it."""
        found: Value = getattr(self, field)
        return int(found) if isinstance(found, bool) else found

    @property
    def is_out(self) -> bool:
        """Nothing is left, as far as the books know."""
        return self.on_hand <= 0

    @property
    def is_low(self) -> bool:
        """On hand has fallen to the reorder point."""
        return self.low is not None and self.on_hand <= self.low


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows in the order asked, each with the key it is found by again; ``more`` when others follow."""

    rows: tuple[R, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Tax:
    """A kind of tax: its code, its name and today's rate in parts per million."""

    code: str
    name: str
    rate: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What an item's fields can be set to."""

    categories: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    taxes: tuple[Tax, ...] = ()


Value = int | str | None
FIELDS = ("name", "category", "supplier", "tax", "price", "low", "min_age", "blocked")
"""What of an item can be edited. Price in minor units, low in thousandths, blocked 1 or 0."""


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for fields of one item, by somebody who saw it at ``row_version``."""

    item: int
    row_version: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Edited:
    """The edit is saved: the item as it is now, and what the fields were, for an undo."""

    product: Product
    was: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else changed the item meanwhile: the item as it is now, with who and when in it."""

    product: Product


@dataclass(frozen=True, slots=True)
class ManagerRefused:
    """The server's rules do not allow it; ``reason`` is its word for why, ``field`` what it is about."""

    reason: str
    item: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class HourSales:
    """One hour of a store's clock: number of sales, total in minor units, and the same weekday a week ago."""

    hour: int
    sales: int
    total: int
    total_before: int


@dataclass(frozen=True, slots=True)
class DaySales:
    """A store's day by the hour."""

    day: date
    hours: tuple[HourSales, ...]
    sales: int
    total: int
    sales_before: int
    total_before: int

    @property
    def average(self) -> int:
        """The average basket in minor units; 0 before the first sale."""
        return divide_half_up(self.total, self.sales) if self.sales else 0


def margin(product: Product, tax_mode: str, digits: int) -> int | None:
    """The share of the net price that is not cost, in tenths of a percent; None without a cost or a price.

    ``digits`` are the currency's. With tax included the tax is taken out of the price first.
    """
    if product.cost is None or product.price <= 0:
        return None
    net = product.price * 1_000_000  # millionths of a minor unit
    if tax_mode == "included":
        net = divide_half_up(net * 1_000_000, 1_000_000 + product.rate)
    return divide_half_up((net - product.cost * int(10**digits)) * 1000, net)


class ManagerDesk:
    """What the inventory window can ask and do; every method blocks, so it is called in a lane."""

    def __init__(self, database: Database, login: str) -> None:
        self.database, self._login = database, login

    def stores(self) -> tuple[Store, ...]:
        """The stores of this login; UserError when there is none, or the login is no manager's."""
        with self.database.lookups.connection() as connection:
            found = rows.stores(connection)
        if not found:
            raise UserError("manager.no_store", login=self._login)
        return tuple(Store(**store) for store in found)

    def page(
        self,
        wanted: ProductFilter,
        sort: str = "name",
        after: Sequence[Any] | None = None,
        limit: int = PAGE_SIZE,
    ) -> Page[Product]:
        """One page of products by key, not by offset: the last page costs what the first does.

        ``sort`` names SORTS with commas between, each with "-" in front downwards.
        """
        with self.database.lookups.connection() as connection:
            page = rows.items_page(connection, wanted.as_query(), sort, after, limit)
        return Page(tuple(map(_product, page.rows)), page.next is not None)

    def count(self, wanted: ProductFilter) -> tuple[int, bool]:
        """How many products a filter finds, and whether counting stopped at ten thousand."""
        with self.database.lookups.connection() as connection:
            return rows.count(connection, wanted.as_query())

    def choices(self, store: int) -> Choices:
        """Categories, suppliers and taxes of the shop."""
        with self.database.lookups.connection() as connection:
            found = rows.choices(connection, store)
        taxes = tuple(Tax(**tax) for tax in found["taxes"])
        return Choices(tuple(found["categories"]), tuple(found["suppliers"]), taxes)

    def edit(self, store: int, edits: Sequence[Edit]) -> list[Edited | Conflict | ManagerRefused]:
        """Save edits, each by itself and in the audit: one answer for each, in the edits' order.

        Hundreds go in one transaction; whatever was saved before trouble stays saved.
        """
        answers: dict[int, Edited | Conflict | ManagerRefused] = {}
        for first in range(0, len(edits), EDITS_AT_ONCE):
            some = [
                {"item": each.item, "row_version": each.row_version, "set": dict(each.values)}
                for each in edits[first : first + EDITS_AT_ONCE]
            ]
            with self.database.sale.connection() as connection:
                for answer in rows.edit_items(connection, store, some):
                    answers[answer["item"]] = _edited(answer)
        return [answers[each.item] for each in edits]

    def layout(self, page: str) -> dict[str, Any]:
        """The columns this manager chose for a page; empty before the first choice."""
        with self.database.lookups.connection() as connection:
            return rows.layout(connection, page)

    def save_layout(self, page: str, layout: Mapping[str, Any]) -> None:
        """Remember the columns this manager chose for a page, on whatever machine."""
        with self.database.sale.connection() as connection:
            rows.save_layout(connection, page, layout)

    def adjust_stock(
        self, store: int, item: int, delta: int, reason: str, note: str = ""
    ) -> int | ManagerRefused:
        """Add ``delta`` thousandths to what is on hand; returns what is there now, with sales meanwhile.

        UserError for a note with a card number in it.
        """
        kept = kept_text(note)
        with self.database.sale.connection() as connection:
            answer = rows.adjust_stock(connection, item, store, delta, reason, kept)
        return answer.on_hand if answer.outcome == "ok" else ManagerRefused(answer.reason)

    def day(self, store: int, day: date) -> DaySales:
        """A store's sales of ``day`` by the hour of its clock, beside the same weekday a week before."""
        with self.database.lookups.connection() as connection:
            now = rows.sales_by_hour(connection, store, day)
            before = rows.sales_by_hour(connection, store, day - timedelta(days=7))
        today = {hour: (sales, total) for hour, sales, total in now}
        past = {hour: total for hour, _, total in before}
        hours = tuple(
            HourSales(hour, *today.get(hour, (0, 0)), past.get(hour, 0))
            for hour in sorted(today.keys() | past.keys())
        )
        return DaySales(
            day,
            hours,
            sum(sales for _, sales, _ in now),
            sum(total for _, _, total in now),
            sum(sales for _, sales, _ in before),
            sum(total for _, _, total in before),
        )


def _product(row: rows.ItemRow) -> Product:
    return Product(
        row.id,
        row.name,
        row.code or row.plu,
        row.category,
        row.unit,
        row.price,
        _millionths(row.cost),
        row.tax,
        row.rate,
        row.on_hand,
        row.low,
        bool(row.blocked),
        row.supplier or "",
        row.row_version,
        row.min_age,
        row.who,
        datetime.fromisoformat(row.changed_at),
        tuple(row.key),
    )


def _edited(answer: Mapping[str, Any]) -> Edited | Conflict | ManagerRefused:
    if answer["outcome"] == "refused":
        return ManagerRefused(answer["reason"], answer["item"], answer.get("field", ""))
    product = _product(rows.ItemRow(**answer["row"]))
    return Edited(product, answer["was"]) if answer["outcome"] == "ok" else Conflict(product)


def _millionths(text: str | None) -> int | None:
    """The server's decimal text (six places at most) as whole millionths."""
    if text is None:
        return None
    whole, _, decimals = text.partition(".")
    return int(whole) * 1_000_000 + int(decimals.ljust(6, "0") or "0")
