"""A shop's offers as a file: promotions, coupons, and prices for a level, an hour or a quantity."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from pos_desktop.domain.barcode import parse_code
from pos_desktop.domain.law_plan import DAYS
from pos_desktop.domain.plan_rows import HIGHEST, Path, PlanProblem, Row, plan_problem
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
_TABLES: Mapping[str, tuple[str, ...]] = {
    "offer": (
        "name", *_GOODS, *_CUT, "buy", "free", "total", "spend", "stackable", "most", "coupons", "levels",
        "stores", *_WHEN,
    ),
    "part": ("offer", *_GOODS, *_CUT, "count"),
    "price": ("code", "price", "level", "least", "store", *_WHEN),
    "coupon": ("offer", "codes", "single"),
}  # fmt: skip


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


class OfferProblemsError(ValueError):
    """The file will not do as it is; ``problems`` in the order of its lines."""

    def __init__(self, problems: list[PlanProblem]) -> None:
        super().__init__(f"{len(problems)} to correct")
        self.problems = tuple(sorted(problems, key=lambda one: one.line))


def read_offers(text: str, goods: Goods) -> OfferPlan:
    """The offers in a TOML text. OfferProblemsError with everything there is to correct."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        problem = PlanProblem(int(found[1]) if found else 1, "", f"TOML: {error}")
        raise OfferProblemsError([problem]) from error
    reader = _Reader(text, values, goods)
    plan = reader.plan()
    if reader.problems:
        raise OfferProblemsError(reader.problems)
    return plan


class _Reader:
    """Collects problems instead of stopping at the first."""

    def __init__(self, text: str, values: Mapping[str, Any], goods: Goods) -> None:
        self._text, self._values, self._goods = text, values, goods
        self.problems: list[PlanProblem] = []

    def plan(self) -> OfferPlan:
        for name in self._values:
            if name not in _TABLES:
                self._report((name,), f"one of {', '.join(_TABLES)}")
        offers = list(self._rows("offer"))
        names = tuple(row.text("name") for row in offers)
        for place, name in enumerate(names):
            if name in names[:place]:
                self._report(("offer", place), f"only once: {name} is there twice")
        parts: dict[str, list[Part]] = {}
        for row in self._rows("part"):
            part = Part(self._select(row), row.number("count", 1, MAX_SET, 1), self._cut(row))
            parts.setdefault(row.choice("offer", names), []).append(part)
        made = [
            self._promotion(n, row, tuple(parts.get(names[n - 1], ()))) for n, row in enumerate(offers, 1)
        ]
        return OfferPlan(
            tuple(each for each in made if each is not None),
            tuple(self._price(version, row) for version, row in enumerate(self._rows("price"), 1)),
            tuple(
                CouponPlan(row.choice("offer", names), row.texts("codes"), row.flag("single") is not False)
                for row in self._rows("coupon")
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
        days = row.texts("days")
        if any(day not in DAYS for day in days):
            row.missing("days", f"days in quotes: {', '.join(DAYS)}")
        start, end = row.day("from"), row.day("to")
        if start is not None and end is not None and end < start:
            row.missing("to", "the last day, not before the first")
        since, until = self._time(row, "since"), self._time(row, "until")
        weekdays = frozenset(DAYS.index(day) for day in days if day in DAYS) or frozenset(range(7))
        return When(start, end, weekdays, since, until)

    @staticmethod
    def _time(row: Row, key: str) -> time:
        if not row.has(key):
            return time(0)
        text = row.matching(key, r"([01]\d|2[0-3]):[0-5]\d", "a time in quotes, such as 17:00")
        return time.fromisoformat(text) if text else time(0)

    def _rows(self, table: str) -> Iterator[Row]:
        rows = self._values.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._report((table,), f"tables: [[{table}]]")
            return
        for place, row in enumerate(rows):
            yield Row(self._report, (table, place), row, _TABLES[table])

    def _report(self, path: Path, wanted: str) -> None:
        self.problems.append(plan_problem(self._text, path, wanted))
