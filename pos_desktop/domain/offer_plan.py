"""A shop's offers as a file: promotions, coupons, and prices for a level, an hour or a quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import ClassVar, Protocol

from pos_desktop.domain.barcode import parse_code
from pos_desktop.domain.plan_reader import PlanReader
from pos_desktop.domain.plan_rows import HIGHEST, Row
from pos_desktop.domain.pricing import PriceRow
from pos_desktop.domain.promotion import (
    MAX_SET,
    PPM,
    CheapestOf,
    Cut,
    Each,
    Off,
    Offer,
    Part,
    Percent,
    Price,
    Promotion,
    PromotionError,
    Select,
    SetFor,
    Spend,
    When,
)
from pos_desktop.domain.quantity import parse_qty

_WHEN = ("from", "to", "days", "since", "until")
_CUT = ("percent", "off", "price")
_GOODS = ("codes", "categories", "but")


class Goods(Protocol):
    """What the shop has on file."""

    @property
    def currency(self) -> str:
        """The code of its currency."""

    def item(self, code: str) -> int | None:
        """The item of a canonical code."""

    def category(self, name: str) -> int | None:
        """The category of a name."""


@dataclass(frozen=True, slots=True)
class CouponPlan:
    """Coupons of the promotion with this name; ``single``: each is used up by one sale."""

    offer: str
    codes: tuple[str, ...]
    single: bool


@dataclass(frozen=True, slots=True)
class OfferPlan:
    """Everything in the file. Ids and versions are places in it; stores are numbers, 0 and none: all."""

    promotions: tuple[Promotion, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    coupons: tuple[CouponPlan, ...] = ()


def read_offers(text: str, goods: Goods) -> OfferPlan:
    """The offers in a TOML text. PlanProblemsError with everything there is to correct."""
    return _Reader(text, goods).read()


class _Reader(PlanReader[OfferPlan]):
    TABLES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "offer": (
            "name", *_GOODS, *_CUT, "buy", "free", "total", "spend", "stackable", "most", "coupons", "levels",
            "stores", *_WHEN,
        ),
        "part": ("offer", *_GOODS, *_CUT, "count"),
        "price": ("code", "price", "level", "least", "store", *_WHEN),
        "coupon": ("offer", "codes", "single"),
    }  # fmt: skip

    def __init__(self, text: str, goods: Goods) -> None:
        super().__init__(text)
        self._goods = goods

    def plan(self) -> OfferPlan:
        offers = list(self.rows("offer"))
        names = tuple(row.text("name") for row in offers)
        self.refuse_twins("offer", names)
        parts: dict[str, list[Part]] = {}
        for row in self.rows("part"):
            part = Part(self._select(row), row.number("count", 1, MAX_SET, 1), self._cut(row))
            parts.setdefault(row.choice("offer", names), []).append(part)
        made = [
            self._promotion(n, row, tuple(parts.get(names[n - 1], ()))) for n, row in enumerate(offers, 1)
        ]
        return OfferPlan(
            tuple(each for each in made if each is not None),
            tuple(self._price(version, row) for version, row in enumerate(self.rows("price"), 1)),
            tuple(
                CouponPlan(row.choice("offer", names), row.texts("codes"), row.flag("single") is not False)
                for row in self.rows("coupon")
            ),
        )

    def _promotion(self, n: int, row: Row, parts: tuple[Part, ...]) -> Promotion | None:
        offer = self._offer(row, parts)
        if offer is None:
            return None
        try:
            return Promotion(
                n,
                row.text("name")[:40],
                offer,
                bool(row.flag("stackable")),
                row.whole("most", 1, 999),
                f"p{n}" if row.flag("coupons") else "",
                self._when(row),
                frozenset(row.numbers("stores", HIGHEST) if row.has("stores") else ()),
                frozenset(row.texts("levels")),
            )
        except PromotionError as problem:
            row.missing("name", f"an offer that can be: {problem}")
            return None

    def _offer(self, row: Row, parts: tuple[Part, ...]) -> Offer | None:
        select, cut = self._select(row), self._cut(row)
        total, spend = row.amount("total", self._goods.currency), row.amount("spend", self._goods.currency)
        if parts:
            return SetFor(parts, total)
        if spend is not None and isinstance(cut, Percent | Off):
            return Spend(select, spend, cut)
        buy = row.number("buy", 2, MAX_SET) if row.has("buy") else 0
        if buy and total is not None:
            return SetFor((Part(select, buy),), total)
        if buy and (cut is None or isinstance(cut, Percent)):
            return CheapestOf(select, buy, row.number("free", 1, MAX_SET, 1), cut or Percent(PPM))
        if cut is not None and not buy and spend is None:
            return Each(select, cut)
        row.missing(
            "percent", "a percent, off or price; or buy with free or total; or spend with percent or off"
        )
        return None

    def _select(self, row: Row) -> Select:
        items = self._items(row, "codes")
        groups = {name: self._goods.category(name) for name in row.texts("categories")}
        for name, found in groups.items():
            if found is None:
                row.missing("categories", f"categories of this shop; {name} is none")
        named = frozenset(f"c{found}" for found in groups.values() if found is not None)
        return Select(items, named, self._items(row, "but"))

    def _items(self, row: Row, key: str) -> frozenset[int]:
        found = {code: self._item(code) for code in row.texts(key)}
        for code, item in found.items():
            if item is None:
                row.missing(key, f"codes of items on file; {code} is none")
        return frozenset(item for item in found.values() if item is not None)

    def _item(self, code: str) -> int | None:
        return self._goods.item(parse_code(code).code or code)

    def _cut(self, row: Row) -> Cut | None:
        said = [key for key in _CUT if row.has(key)]
        if len(said) > 1:
            row.missing(said[1], f"left out: there is {said[0]} already")
        if "percent" in said:
            return Percent(self._percent(row))
        off = row.amount("off", self._goods.currency)
        price = row.amount("price", self._goods.currency, least=0)
        if off is not None:
            return Off(off)
        return None if price is None else Price(price)

    @staticmethod
    def _percent(row: Row) -> int:
        try:
            value = Decimal(row.text("percent")) * (PPM // 100)
        except InvalidOperation:
            value = Decimal(0)
        if not 0 < value <= PPM or value != int(value):
            row.missing("percent", 'a percentage in quotes, such as "12.5"')
            return PPM
        return int(value)

    def _price(self, version: int, row: Row) -> PriceRow:
        item = self._item(row.text("code"))
        price = row.amount("price", self._goods.currency, least=0)
        least = parse_qty(row.text("least")) if row.has("least") else 0
        if item is None:
            row.missing("code", "the code of an item on file")
        if price is None:
            row.missing("price", 'a price in quotes, such as "1.50"')
        if least is None:
            row.missing("least", 'a quantity in quotes, such as "6"')
        level = row.matching("level", r"[a-z0-9_]{1,32}", "small letters and digits", "x")
        return PriceRow(
            item or 0,
            price or 0,
            version,
            level if row.has("level") else "",
            row.number("store", 1, HIGHEST, 0),
            self._when(row),
            least or 0,
        )

    def _when(self, row: Row) -> When:
        days = row.weekdays("days")
        start, end = row.day("from"), row.day("to")
        if start is not None and end is not None and end < start:
            row.missing("to", "the last day, not before the first")
        since, until = row.clock("since", "17:00"), row.clock("until", "17:00")
        return When(start, end, frozenset(days or range(7)), since or time(0), until or time(0))
