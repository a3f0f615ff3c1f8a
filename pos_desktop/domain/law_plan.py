"""The law of a shop as a file: restricted goods, hours, lowest prices, deposits, cases, staff under age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from pos_desktop.domain.barcode import parse_code
from pos_desktop.domain.plan_reader import PlanReader
from pos_desktop.domain.plan_rows import HIGHEST, Row
from pos_desktop.domain.quantity import parse_qty

_HIGHEST_STAFF = 999_999


@dataclass(frozen=True, slots=True)
class RestrictionPlan:
    """A rule on goods by code, by category, or by strength (percent); ``most`` thousandths in one sale."""

    name: str
    codes: tuple[str, ...]
    categories: tuple[str, ...]
    strength: Decimal | None
    most: int | None


@dataclass(frozen=True, slots=True)
class HoursPlan:
    """When goods of a rule may not be sold. Without times nothing is forbidden on its dates; store 0: all."""

    restriction: str
    store: int
    weekdays: tuple[int, ...]
    dates: tuple[date, ...]
    since: time | None
    until: time | None


@dataclass(frozen=True, slots=True)
class LawPlan:
    """Everything in the file. ``lowest``: (store, from, whole currency units a litre of pure alcohol);
    ``deposits``: (deposit's code, goods' code, count); ``cases``: (case, single, count); ``juniors``: (staff
    number, the day from which they sell alone)."""

    restrictions: tuple[RestrictionPlan, ...] = ()
    hours: tuple[HoursPlan, ...] = ()
    lowest: tuple[tuple[int, date, Decimal], ...] = ()
    deposits: tuple[tuple[str, str, int], ...] = ()
    cases: tuple[tuple[str, str, int], ...] = ()
    juniors: tuple[tuple[int, date], ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code the file names, each once."""
        named = [code for rule in self.restrictions for code in rule.codes]
        named += [code for pair in (*self.deposits, *self.cases) for code in pair[:2]]
        return tuple(dict.fromkeys(named))


def read_law(text: str) -> LawPlan:
    """The law in a TOML text. PlanProblemsError with everything there is to correct."""
    return _Reader(text).read()


def _code(text: str) -> str:
    """A code as items have it: a GTIN on 14 digits; what is none is looked up as it stands."""
    return parse_code(text).code or text


class _Reader(PlanReader[LawPlan]):
    TABLES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "restriction": ("name", "codes", "categories", "strength", "most"),
        "hours": ("restriction", "store", "days", "dates", "from", "to"),
        "lowest_price": ("store", "from", "litre"),
        "deposit": ("code", "goods", "count"),
        "case": ("code", "single", "count"),
        "staff": ("number", "serves_from"),
    }

    def plan(self) -> LawPlan:
        restrictions = tuple(self._restriction(row) for row in self.rows("restriction"))
        names = tuple(rule.name for rule in restrictions)
        self.refuse_twins("restriction", names)
        return LawPlan(
            restrictions,
            tuple(self._hours(row, names) for row in self.rows("hours")),
            tuple(self._lowest(row) for row in self.rows("lowest_price")),
            tuple(each for row in self.rows("deposit") for each in self._deposits(row)),
            tuple(
                (_code(row.text("code")), _code(row.text("single")), row.number("count", 2, 999))
                for row in self.rows("case")
            ),
            tuple(self._junior(row) for row in self.rows("staff")),
        )

    def _restriction(self, row: Row) -> RestrictionPlan:
        codes, categories = tuple(map(_code, row.texts("codes"))), row.texts("categories")
        strength = self._decimal(row, "strength")
        if not codes and not categories and strength is None:
            row.missing("codes", "codes, categories or a strength: which goods it is about")
        most = parse_qty(row.text("most")) if row.has("most") else None
        if row.has("most") and not most:
            row.missing("most", 'a quantity in quotes, such as "2"')
        return RestrictionPlan(row.text("name"), codes, categories, strength, most)

    def _hours(self, row: Row, names: tuple[str, ...]) -> HoursPlan:
        days, dates = row.weekdays("days"), tuple(sorted(set(row.days("dates"))))
        if bool(days) == bool(dates):
            row.missing("days", "days of the week, or dates, not both")
        since, until = row.clock("from", "22:00"), row.clock("to", "22:00")
        if (since is None) != (until is None) or (since is None and not dates):
            row.missing(
                "to", "a time such as 22:00, as from has; without both, dates on which nothing is forbidden"
            )
        return HoursPlan(
            row.choice("restriction", names),
            row.number("store", 1, HIGHEST, 0),
            tuple(day + 1 for day in days),
            dates,
            since,
            until,
        )

    def _lowest(self, row: Row) -> tuple[int, date, Decimal]:
        since, litre = row.day("from"), self._decimal(row, "litre")
        if since is None:
            row.missing("from", "the first day, without quotes, such as 2027-01-01")
        if litre is None:
            row.missing(
                "litre", 'what a litre of pure alcohol costs at the least, in quotes, such as "65.00"'
            )
        return row.number("store", 1, HIGHEST, 0), since or date.min, litre or Decimal(0)

    def _deposits(self, row: Row) -> Iterator[tuple[str, str, int]]:
        code, count = _code(row.text("code")), row.number("count", 1, 999, 1)
        if not row.texts("goods"):
            row.missing("goods", 'the codes of goods it goes with: ["B90"]')
        for goods in row.texts("goods"):
            yield code, _code(goods), count

    def _junior(self, row: Row) -> tuple[int, date]:
        since = row.day("serves_from")
        if since is None:
            row.missing("serves_from", "the day from which this person sells alone, such as 2027-03-01")
        return row.number("number", 1, _HIGHEST_STAFF), since or date.min

    @staticmethod
    def _decimal(row: Row, key: str) -> Decimal | None:
        if not row.has(key):
            return None
        try:
            value = Decimal(row.text(key))
        except InvalidOperation:
            value = Decimal(-1)
        if not value.is_finite() or value < 0:
            row.missing(key, 'a number in quotes, such as "0.5"')
            return None
        return value
