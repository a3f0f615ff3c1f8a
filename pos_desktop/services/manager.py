"""A manager's desk: items in pages, prices, stock corrections and the day's sales of his stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pos_desktop.database import manager as rows
from pos_desktop.database.pool import Database
from pos_desktop.domain.money import divide_half_up
from pos_desktop.errors import UserError, add_messages

SORTS = ("name", "price", "on_hand")
"""What the database can sort a page by; "-" in front sorts downwards."""
PAGE_SIZE = 200

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
    low: bool = False

    def as_query(self) -> dict[str, Any]:
        """The filter in the words of ``api.m_items_page``."""
        query: dict[str, Any] = {"store": self.store}
        if self.words.strip():
            query["words"] = self.words
        if self.category:
            query["category"] = self.category
        if self.low:
            query["low"] = 1
        return query


@dataclass(frozen=True, slots=True)
class Product:
    """An item in one store. Price in minor units, cost in millionths of the currency's unit or None.

    ``on_hand`` and ``low`` in thousandths, ``rate`` in parts per million. A change sends
    ``row_version`` back.
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

    @property
    def is_out(self) -> bool:
        """Nothing is left, as far as the books know."""
        return self.on_hand <= 0

    @property
    def is_low(self) -> bool:
        """On hand has fallen to the reorder point."""
        return self.low is not None and self.on_hand <= self.low


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Products in the order asked, and the key of the page that follows; None on the last."""

    products: tuple[Product, ...]
    next: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class PriceSaved:
    """The price is saved; ``row_version`` is the item's now, ``was`` what an undo has to set again."""

    item: int
    was: int
    now: int
    row_version: int


@dataclass(frozen=True, slots=True)
class PriceConflict:
    """Somebody else changed the item meanwhile: theirs, who and when, and the version to answer with."""

    item: int
    mine: int
    theirs: int
    row_version: int
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ManagerRefused:
    """The server's rules do not allow it; ``reason`` is its word for why."""

    reason: str


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
        self._database, self._login = database, login

    def stores(self) -> tuple[Store, ...]:
        """The stores of this login; UserError when there is none, or the login is no manager's."""
        with self._database.lookups.connection() as connection:
            found = rows.stores(connection)
        if not found:
            raise UserError("manager.no_store", login=self._login)
        return tuple(Store(**store) for store in found)

    def page(
        self,
        wanted: ProductFilter,
        sort: str = "name",
        after: dict[str, Any] | None = None,
        limit: int = PAGE_SIZE,
    ) -> ProductPage:
        """One page of products by key, not by offset: the last page costs what the first does."""
        with self._database.lookups.connection() as connection:
            page = rows.items_page(connection, wanted.as_query(), sort, after, limit)
        return ProductPage(tuple(map(_product, page.rows)), page.next)

    def count(self, wanted: ProductFilter) -> tuple[int, bool]:
        """How many products a filter finds, and whether counting stopped at ten thousand."""
        with self._database.lookups.connection() as connection:
            return rows.count(connection, wanted.as_query())

    def set_price(
        self, store: int, product: Product, price: int
    ) -> PriceSaved | PriceConflict | ManagerRefused:
        """Set a price in minor units, unless somebody changed the item since ``product`` was read."""
        return self._set_price(store, product.id, price, product.row_version, product.price)

    def undo_price(self, store: int, saved: PriceSaved) -> PriceSaved | PriceConflict | ManagerRefused:
        """Set the price from before a save: an audited change of its own, never over somebody else's."""
        return self._set_price(store, saved.item, saved.was, saved.row_version, saved.now)

    def _set_price(
        self, store: int, item: int, price: int, row_version: int, was: int
    ) -> PriceSaved | PriceConflict | ManagerRefused:
        with self._database.sale.connection() as connection:
            answer = rows.set_price(connection, item, store, price, row_version)
        if answer.outcome == "ok":
            return PriceSaved(item, was, price, answer.row_version)
        if answer.outcome == "conflict":
            theirs = answer.price or 0
            return PriceConflict(
                item, price, theirs, answer.row_version, answer.changed_by, answer.changed_at
            )
        return ManagerRefused(answer.reason)

    def adjust_stock(
        self, store: int, item: int, delta: int, reason: str, note: str = ""
    ) -> int | ManagerRefused:
        """Add ``delta`` thousandths to what is on hand; returns what is there now, with sales meanwhile."""
        with self._database.sale.connection() as connection:
            answer = rows.adjust_stock(connection, item, store, delta, reason, note)
        return answer.on_hand if answer.outcome == "ok" else ManagerRefused(answer.reason)

    def day(self, store: int, day: date) -> DaySales:
        """A store's sales of ``day`` by the hour of its clock, beside the same weekday a week before."""
        with self._database.lookups.connection() as connection:
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
    )


def _millionths(text: str | None) -> int | None:
    """The server's decimal text (six places at most) as whole millionths."""
    if text is None:
        return None
    whole, _, decimals = text.partition(".")
    return int(whole) * 1_000_000 + int(decimals.ljust(6, "0") or "0")
