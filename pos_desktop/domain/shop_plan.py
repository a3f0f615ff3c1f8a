"""A shop's set-up as a file: stores, tax, categories, people and tills, checked before anything is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, get_args

from pos_desktop.domain.money import CURRENCIES
from pos_desktop.domain.permissions import DEFAULT_ROLES
from pos_desktop.domain.plan_reader import PlanReader
from pos_desktop.domain.plan_rows import CLOCK, HIGHEST, Row
from pos_desktop.domain.rounding import CashMethod
from pos_desktop.domain.tax import TaxMethod
from pos_desktop.domain.tender_kinds import KINDS

TAX_MODES = ("included", "added")
REASON_KINDS = ("no_sale", "void", "refund", "price", "pay_in", "pay_out", "drop", "adjust")
_HIGHEST_STAFF = 999_999


@dataclass(frozen=True, slots=True)
class StorePlan:
    """A store and the numbers of its tills."""

    number: int
    name: str
    currency: str
    tax_mode: str
    time_zone: str
    header: tuple[str, ...]
    footer: tuple[str, ...]
    legal: str
    tills: tuple[int, ...]
    rules: StoreRules


@dataclass(frozen=True, slots=True)
class StoreRules:
    """How a store's tills behave; None leaves what is set. Amounts in minor units.

    ``offline``: sell on while the server is away, at most this long, this often, this much. ``cash_step``:
    what is paid in cash is rounded to it by ``cash_method`` from the day ``cash_from`` on. ``tenders``: the
    ways of paying it takes. ``single_cashier``: who opens a shift is alone to sell in it; ``drawer_full``:
    more cash than this is to go to the safe; ``day_starts``: what opens before it (04:00) belongs to the
    day before.
    """

    count_blind: bool | None = None
    offline: bool | None = None
    offline_minutes: int | None = None
    offline_sales: int | None = None
    offline_sale: int | None = None
    offline_cash: int | None = None
    tax_method: str | None = None
    cash_step: int | None = None
    cash_method: str = "nearest"
    cash_from: date | None = None
    tenders: tuple[str, ...] | None = None
    single_cashier: bool | None = None
    drawer_full: int | None = None
    day_starts: str | None = None


@dataclass(frozen=True, slots=True)
class TaxPlan:
    """A rate of a kind of tax in parts per million, from ``valid_from`` on (None: since always)."""

    code: str
    name: str
    rate: int
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class CompositePlan:
    """A code that stands for several taxes: each by its code, and whether it is due on those before it."""

    code: str
    name: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """A category; ``tax`` and ``min_age`` are those of what is sold in it at a typed price."""

    name: str
    tax: str
    min_age: int | None
    icon: str
    colour: str


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """Somebody who works at tills. ``pin`` "" means: give a first PIN to those who have none yet."""

    number: int
    name: str
    role: str
    stores: tuple[int, ...]
    pin: str


@dataclass(frozen=True, slots=True)
class ManagerPlan:
    """A personal login for the inventory window."""

    login: str
    name: str
    stores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """The whole shop as its file says it."""

    stores: tuple[StorePlan, ...]
    taxes: tuple[TaxPlan, ...]
    composites: tuple[CompositePlan, ...]
    categories: tuple[CategoryPlan, ...]
    patterns: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    staff: tuple[PersonPlan, ...]
    managers: tuple[ManagerPlan, ...]

    @property
    def tills(self) -> tuple[tuple[int, int], ...]:
        """Every till as (store, number)."""
        return tuple((store.number, till) for store in self.stores for till in store.tills)


def read_plan(text: str) -> ShopPlan:
    """The plan in a TOML text. PlanProblemsError with everything there is to correct."""
    return _Reader(text).read()


class _Reader(PlanReader[ShopPlan]):
    TABLES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "store": (
            "number",
            "name",
            "currency",
            "tax_mode",
            "time_zone",
            "header",
            "footer",
            "legal",
            "tills",
            "count_blind",
            "single_cashier",
            "drawer_full",
            "day_starts",
            "offline",
            "offline_minutes",
            "offline_sales",
            "offline_sale",
            "offline_cash",
            "tax_method",
            "cash_step",
            "tenders",
            "cash_method",
            "cash_from",
        ),
        "tax": ("code", "name", "rate", "from"),
        "composite_tax": ("code", "name", "parts"),
        "category": ("name", "tax", "min_age", "icon", "colour"),
        "pattern": ("pattern", "name"),
        "staff": ("number", "name", "role", "stores", "pin"),
        "manager": ("login", "name", "stores"),
    }
    SECTIONS = ("reasons",)

    def plan(self) -> ShopPlan:
        stores = tuple(self._store(row) for row in self.rows("store", needed=True))
        taxes = tuple(self._tax(row) for row in self.rows("tax", needed=True))
        plain = tuple(dict.fromkeys(tax.code for tax in taxes))
        composites = tuple(self._composite(row, plain) for row in self.rows("composite_tax"))
        codes = (*plain, *(one.code for one in composites))
        numbers = tuple(store.number for store in stores)
        plan = ShopPlan(
            stores,
            taxes,
            composites,
            tuple(self._category(row, codes) for row in self.rows("category", needed=True)),
            tuple((row.text("pattern"), row.text("name")) for row in self.rows("pattern")),
            self._reasons(),
            tuple(self._person(row, numbers) for row in self.rows("staff")),
            tuple(self._manager(row, numbers) for row in self.rows("manager")),
        )
        self._refuse_twins(plan)
        return plan

    # -- tables -----------------------------------------------------------------------------------

    def _store(self, row: Row) -> StorePlan:
        currency = row.choice("currency", tuple(CURRENCIES))
        return StorePlan(
            number=row.number("number", 1, HIGHEST),
            name=row.text("name"),
            currency=currency,
            tax_mode=row.choice("tax_mode", TAX_MODES),
            time_zone=row.text("time_zone"),
            header=row.texts("header"),
            footer=row.texts("footer"),
            legal=row.text("legal", ""),
            tills=row.numbers("tills", HIGHEST),
            rules=self._rules(row, currency),
        )

    def _rules(self, row: Row, currency: str) -> StoreRules:
        return StoreRules(
            row.flag("count_blind"),
            row.flag("offline"),
            row.whole("offline_minutes", 1, 10_080),
            row.whole("offline_sales", 1, 10_000),
            row.amount("offline_sale", currency),
            row.amount("offline_cash", currency),
            row.choice("tax_method", get_args(TaxMethod)) if row.has("tax_method") else None,
            row.amount("cash_step", currency),
            row.choice("cash_method", get_args(CashMethod), "nearest"),
            self._first_day(row),
            self._tenders(row) if row.has("tenders") else None,
            row.flag("single_cashier"),
            row.amount("drawer_full", currency, least=0),
            row.matching("day_starts", CLOCK, "a time such as 04:00") if row.has("day_starts") else None,
        )

    @staticmethod
    def _tenders(row: Row) -> tuple[str, ...]:
        """The ways of paying a store takes: cash at least, for change is given in it."""
        kinds = row.texts("tenders")
        if "cash" not in kinds or not set(kinds) <= set(KINDS):
            row.missing("tenders", f"cash, and any of {', '.join(KINDS[1:])}")
        return kinds

    @staticmethod
    def _first_day(row: Row) -> date | None:
        """Since when cash is rounded: a policy without its day would round what was sold long ago."""
        if row.has("cash_step") and not row.has("cash_from"):
            row.missing("cash_from", "the first day of cash_step, without quotes, such as 2027-01-01")
        return row.day("cash_from")

    def _tax(self, row: Row) -> TaxPlan:
        code = row.matching("code", r"[A-Za-z0-9_-]{1,16}", "1 to 16 letters or digits")
        return TaxPlan(code, row.text("name"), row.rate("rate"), row.day("from"))

    def _composite(self, row: Row, plain: tuple[str, ...]) -> CompositePlan:
        code = row.matching("code", r"[A-Za-z0-9_-]{1,16}", "1 to 16 letters or digits")
        parts = tuple((part.removesuffix(" on"), part.endswith(" on")) for part in row.texts("parts"))
        known = len({part for part, _ in parts}) == len(parts) and all(part in plain for part, _ in parts)
        if code in plain or not known or not 1 <= len(parts) <= 8:
            row.missing("parts", f"different taxes of this file, not itself: {', '.join(plain)}")
        return CompositePlan(code, row.text("name"), parts)

    def _category(self, row: Row, taxes: tuple[str, ...]) -> CategoryPlan:
        age = row.number("min_age", 1, 99, 0)
        return CategoryPlan(
            row.text("name"),
            row.choice("tax", taxes),
            age or None,
            row.text("icon", "shopping-basket"),
            row.text("colour", "other"),
        )

    def _person(self, row: Row, stores: tuple[int, ...]) -> PersonPlan:
        return PersonPlan(
            number=row.number("number", 1, _HIGHEST_STAFF),
            name=row.text("name"),
            role=row.choice("role", tuple(DEFAULT_ROLES)),
            stores=row.stores(stores),
            pin=row.matching("pin", r"\d{4,8}|", "4 to 8 digits in quotes", ""),
        )

    def _manager(self, row: Row, stores: tuple[int, ...]) -> ManagerPlan:
        login = row.matching("login", r"[a-z][a-z0-9_]{0,62}", "lower case letters, digits and _")
        return ManagerPlan(login, row.text("name"), row.stores(stores))

    def _reasons(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        given = self._values.get("reasons", {})
        if not isinstance(given, dict):
            self.report(("reasons",), "a section: [reasons]")
            return ()
        row = Row(self.report, ("reasons",), given, REASON_KINDS)
        return tuple((kind, row.texts(kind)) for kind in given if kind in REASON_KINDS)

    # -- what concerns the file as a whole ----------------------------------------------------------

    def _refuse_twins(self, plan: ShopPlan) -> None:
        keys: dict[str, list[object]] = {
            "store": [store.number for store in plan.stores],
            "tax": [(tax.code, tax.valid_from) for tax in plan.taxes],
            "composite_tax": [tax.code for tax in plan.composites],
            "category": [category.name for category in plan.categories],
            "staff": [person.number for person in plan.staff],
            "manager": [manager.login for manager in plan.managers],
        }
        for table, found in keys.items():
            self.refuse_twins(table, found)
