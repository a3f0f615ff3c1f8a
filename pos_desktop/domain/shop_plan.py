"""A shop's set-up as a file: stores, tax, categories, people and tills, checked before anything is made."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pos_desktop.domain.money import CURRENCIES
from pos_desktop.domain.permissions import DEFAULT_ROLES

TAX_MODES = ("included", "added")
REASON_KINDS = ("no_sale", "void", "pay_in", "pay_out", "drop", "adjust")
_HIGHEST = 9999
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


@dataclass(frozen=True, slots=True)
class TaxPlan:
    """A rate of a kind of tax in parts per million, from ``valid_from`` on (None: since always)."""

    code: str
    name: str
    rate: int
    valid_from: date | None


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
    categories: tuple[CategoryPlan, ...]
    patterns: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    staff: tuple[PersonPlan, ...]
    managers: tuple[ManagerPlan, ...]

    @property
    def tills(self) -> tuple[tuple[int, int], ...]:
        """Every till as (store, number)."""
        return tuple((store.number, till) for store in self.stores for till in store.tills)


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One thing to correct: the line of the file (from 1), the setting, and what is allowed."""

    line: int
    key: str
    wanted: str


class PlanProblemsError(ValueError):
    """The file will not do as it is; ``problems`` in the order of its lines."""

    def __init__(self, problems: list[PlanProblem]) -> None:
        super().__init__(f"{len(problems)} to correct")
        self.problems = tuple(sorted(problems, key=lambda one: one.line))


def read_plan(text: str) -> ShopPlan:
    """The plan in a TOML text. PlanProblemsError with everything there is to correct."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise PlanProblemsError([PlanProblem(int(found[1]) if found else 1, "", f"TOML: {error}")]) from error
    reader = _Reader(text, values)
    plan = reader.plan()
    if reader.problems:
        raise PlanProblemsError(reader.problems)
    return plan


def plan_problem(text: str, path: tuple[str | int, ...], wanted: str) -> PlanProblem:
    """A problem at ``path`` of a plan's text: table, place from 0, key, as in ("store", 0, "name")."""
    return PlanProblem(_line_of(text, path), _in_words(path), wanted)


def _line_of(text: str, path: tuple[str | int, ...]) -> int:
    """The line a key begins on; of its table's heading when the key is missing."""
    table = path[0] if path else ""
    place = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
    key = path[-1] if len(path) > 1 and isinstance(path[-1], str) else None
    seen, inside, heading = -1, False, 1
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"\s*\[\[?\s*([\w-]+)\s*\]\]?", line)
        if found:
            seen += found[1] == table
            inside = found[1] == table and seen == place
            heading = number if inside else heading
        elif inside and key is not None and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return heading


class _Reader:
    """Collects problems instead of stopping at the first: nobody corrects forty tills one by one."""

    def __init__(self, text: str, values: Mapping[str, Any]) -> None:
        self._text = text
        self._values = values
        self.problems: list[PlanProblem] = []

    def plan(self) -> ShopPlan:
        self._refuse_unknown()
        stores = tuple(self._store(row) for row in self._rows("store", needed=True))
        taxes = tuple(self._tax(row) for row in self._rows("tax", needed=True))
        codes = tuple(dict.fromkeys(tax.code for tax in taxes))
        numbers = tuple(store.number for store in stores)
        plan = ShopPlan(
            stores,
            taxes,
            tuple(self._category(row, codes) for row in self._rows("category", needed=True)),
            tuple((row.text("pattern"), row.text("name")) for row in self._rows("pattern")),
            self._reasons(),
            tuple(self._person(row, numbers) for row in self._rows("staff")),
            tuple(self._manager(row, numbers) for row in self._rows("manager")),
        )
        self._refuse_twins(plan)
        return plan

    # -- tables -----------------------------------------------------------------------------------

    def _store(self, row: _Row) -> StorePlan:
        return StorePlan(
            number=row.number("number", 1, _HIGHEST),
            name=row.text("name"),
            currency=row.choice("currency", tuple(CURRENCIES)),
            tax_mode=row.choice("tax_mode", TAX_MODES),
            time_zone=row.text("time_zone"),
            header=row.texts("header"),
            footer=row.texts("footer"),
            legal=row.text("legal", ""),
            tills=row.numbers("tills", _HIGHEST),
        )

    def _tax(self, row: _Row) -> TaxPlan:
        code = row.matching("code", r"[A-Za-z0-9_-]{1,16}", "1 to 16 letters or digits")
        return TaxPlan(code, row.text("name"), row.rate("rate"), row.day("from"))

    def _category(self, row: _Row, taxes: tuple[str, ...]) -> CategoryPlan:
        age = row.number("min_age", 1, 99, 0)
        return CategoryPlan(
            row.text("name"),
            row.choice("tax", taxes),
            age or None,
            row.text("icon", "shopping-basket"),
            row.text("colour", "other"),
        )

    def _person(self, row: _Row, stores: tuple[int, ...]) -> PersonPlan:
        return PersonPlan(
            number=row.number("number", 1, _HIGHEST_STAFF),
            name=row.text("name"),
            role=row.choice("role", tuple(DEFAULT_ROLES)),
            stores=row.stores(stores),
            pin=row.matching("pin", r"\d{4,8}|", "4 to 8 digits in quotes", ""),
        )

    def _manager(self, row: _Row, stores: tuple[int, ...]) -> ManagerPlan:
        login = row.matching("login", r"[a-z][a-z0-9_]{0,62}", "lower case letters, digits and _")
        return ManagerPlan(login, row.text("name"), row.stores(stores))

    def _reasons(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        given = self._values.get("reasons", {})
        if not isinstance(given, dict):
            self.report(("reasons",), "a section: [reasons]")
            return ()
        row = _Row(self, ("reasons",), given, REASON_KINDS)
        return tuple((kind, row.texts(kind)) for kind in given if kind in REASON_KINDS)

    # -- what concerns the file as a whole ----------------------------------------------------------

    _TABLES: Mapping[str, tuple[str, ...]] = {
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
        ),
        "tax": ("code", "name", "rate", "from"),
        "category": ("name", "tax", "min_age", "icon", "colour"),
        "pattern": ("pattern", "name"),
        "staff": ("number", "name", "role", "stores", "pin"),
        "manager": ("login", "name", "stores"),
    }

    def _rows(self, table: str, *, needed: bool = False) -> Iterator[_Row]:
        rows = self._values.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.report((table,), f"tables: [[{table}]]")
            return
        if needed and not rows:
            self.report((), f"at least one [[{table}]]")
        for place, row in enumerate(rows):
            yield _Row(self, (table, place), row, self._TABLES[table])

    def _refuse_unknown(self) -> None:
        known = (*self._TABLES, "reasons")
        for name in self._values:
            if name not in known:
                self.report((name,), f"one of {', '.join(known)}")

    def _refuse_twins(self, plan: ShopPlan) -> None:
        keys: dict[str, list[object]] = {
            "store": [store.number for store in plan.stores],
            "tax": [(tax.code, tax.valid_from) for tax in plan.taxes],
            "category": [category.name for category in plan.categories],
            "staff": [person.number for person in plan.staff],
            "manager": [manager.login for manager in plan.managers],
        }
        for table, found in keys.items():
            for place, key in enumerate(found):
                if key in found[:place] and key not in (0, "", ("", None)):
                    self.report((table, place), f"only once: {key} is there twice")

    def report(self, path: tuple[str | int, ...], wanted: str) -> None:
        """Remember a problem at ``path``: a table, its place from 0, a key."""
        self.problems.append(plan_problem(self._text, path, wanted))


def _in_words(path: tuple[str | int, ...]) -> str:
    """``("store", 0, "name")`` as ``store 1, name``."""
    if not path:
        return "the file"
    head = str(path[0])
    if len(path) > 1 and isinstance(path[1], int):
        head = f"{head} {path[1] + 1}"
    return f"{head}, {path[-1]}" if len(path) > 1 and isinstance(path[-1], str) else head


class _Row:
    """One table of the file: typed access, a remembered problem and a harmless value for each wrong one."""

    def __init__(
        self, reader: _Reader, path: tuple[str | int, ...], values: Mapping[str, Any], keys: tuple[str, ...]
    ) -> None:
        self._reader, self._path, self._values = reader, path, values
        for key in values:
            if key not in keys:
                self._wrong(key, f"one of {', '.join(keys)}")

    def _wrong(self, key: str, wanted: str) -> None:
        self._reader.report((*self._path, key), wanted)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str) or (not value.strip() and default is None):
            self._wrong(key, "a text in quotes")
            return ""
        return value.strip()

    def matching(self, key: str, pattern: str, wanted: str, default: str | None = None) -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            self._wrong(key, wanted)
            return ""
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self._values.get(key)
        if value not in allowed:
            self._wrong(key, f"one of {', '.join(allowed)}")
            return ""
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self._wrong(key, 'a list of texts: ["one", "two"]')
            return ()
        return tuple(one.strip() for one in value)

    def number(self, key: str, least: int, most: int, default: int | None = None) -> int:
        value = self._values.get(key, default)
        if key not in self._values and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self._wrong(key, f"a whole number from {least} to {most}")
            return 0
        return value

    def numbers(self, key: str, most: int) -> tuple[int, ...]:
        value = self._values.get(key)
        if (
            not isinstance(value, list)
            or not all(
                isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= most for one in value
            )
            or len(set(value)) != len(value)
        ):
            self._wrong(key, f"a list of different numbers from 1 to {most}: [1, 2]")
            return ()
        return tuple(value)

    def stores(self, known: tuple[int, ...]) -> tuple[int, ...]:
        value = self.numbers("stores", _HIGHEST)
        if any(one not in known for one in value) or not (value or "stores" not in self._values):
            self._wrong("stores", f"stores of this file: {', '.join(map(str, known))}")
        return value

    def day(self, key: str) -> date | None:
        value = self._values.get(key)
        if value is not None and type(value) is not date:
            self._wrong(key, "a day without quotes, such as 2027-01-01")
            return None
        return value

    def rate(self, key: str) -> int:
        """``"20"`` or ``"12.5"``, percent in quotes: a float would not be exact."""
        value = self._values.get(key)
        try:
            percent = Decimal(value if isinstance(value, str) else str(int(value)))  # type: ignore[arg-type]
            exact = percent * 10_000
        except (InvalidOperation, TypeError, ValueError):
            exact = Decimal("NaN")
        if (
            isinstance(value, (float, bool))
            or not exact.is_finite()
            or exact % 1
            or not 0 <= exact <= 10_000_000
        ):
            self._wrong(key, 'a percentage in quotes, such as "20" or "12.5"')
            return 0
        return int(exact)
