"""Reads a shop's file value by value: where each stands, and what it has to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from pos_desktop.domain.money import CURRENCIES, parse_amount

Path = tuple[str | int, ...]
"""Where a value stands: table, its place from 0, key, as in ("store", 0, "name")."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
HIGHEST = 9999
"""The highest number of a store or till."""

Report = Callable[[Path, str], None]
"""Takes a value's place and what it has to be."""


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One thing to correct: the line of the file (from 1), the setting, and what is allowed."""

    line: int
    key: str
    wanted: str


def plan_problem(text: str, path: Path, wanted: str) -> PlanProblem:
    """A problem at ``path`` of a plan's text: table, place from 0, key, as in ("store", 0, "name")."""
    return PlanProblem(_line_of(text, path), _in_words(path), wanted)


def _line_of(text: str, path: Path) -> int:
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


def _in_words(path: Path) -> str:
    """``("store", 0, "name")`` as ``store 1, name``."""
    if not path:
        return "the file"
    head = str(path[0])
    if len(path) > 1 and isinstance(path[1], int):
        head = f"{head} {path[1] + 1}"
    return f"{head}, {path[-1]}" if len(path) > 1 and isinstance(path[-1], str) else head


class Row:
    """One table of the file: typed access, a remembered problem and a harmless value for each wrong one."""

    def __init__(self, report: Report, path: Path, values: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        self._report, self._path, self._values = report, path, values
        for key in values:
            if key not in keys:
                self._wrong(key, f"one of {', '.join(keys)}")

    def _wrong(self, key: str, wanted: str) -> None:
        self._report((*self._path, key), wanted)

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

    def choice(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        value = self._values.get(key, default)
        if value == default and default:
            return default
        if value not in allowed:
            self._wrong(key, f"one of {', '.join(allowed)}")
            return ""
        return str(value)

    def has(self, key: str) -> bool:
        """Whether it is said."""
        return key in self._values

    def missing(self, key: str, wanted: str) -> None:
        """Remember that this is not as it must be."""
        self._wrong(key, wanted)

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

    def flag(self, key: str) -> bool | None:
        """Yes or no; None when it is not said."""
        value = self._values.get(key)
        if value is not None and not isinstance(value, bool):
            self._wrong(key, "true or false")
            return None
        return value

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number; None when it is not said."""
        return self.number(key, least, most) if key in self._values else None

    def amount(self, key: str, currency: str, *, least: int = 1) -> int | None:
        """``"250.00"`` in minor units; None when it is not said."""
        value = self._values.get(key)
        if value is None or currency not in CURRENCIES:
            return None
        amount = parse_amount(value, CURRENCIES[currency]) if isinstance(value, str) else None
        if amount is None or amount < least:
            self._wrong(key, 'an amount in quotes, such as "250"')
            return None
        return amount

    def stores(self, known: tuple[int, ...]) -> tuple[int, ...]:
        value = self.numbers("stores", HIGHEST)
        if any(one not in known for one in value) or not (value or "stores" not in self._values):
            self._wrong("stores", f"stores of this file: {', '.join(map(str, known))}")
        return value

    def day(self, key: str) -> date | None:
        value = self._values.get(key)
        if value is not None and type(value) is not date:
            self._wrong(key, "a day without quotes, such as 2027-01-01")
            return None
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """Several days; empty when they are not said."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(type(one) is date for one in value):
            self._wrong(key, "a list of days without quotes: [2026-12-25, 2027-01-01]")
            return ()
        return tuple(value)

    def weekdays(self, key: str) -> tuple[int, ...]:
        """Days of the week from 0, a Monday, each once; empty when they are not said."""
        said = self.texts(key)
        if any(day not in DAYS for day in said):
            self._wrong(key, f"days in quotes: {', '.join(DAYS)}")
        return tuple(place for place, day in enumerate(DAYS) if day in said)

    def clock(self, key: str, example: str) -> time | None:
        """A time of the day, written as ``example`` is; None when it is not said."""
        if key not in self._values:
            return None
        text = self.matching(key, CLOCK, f"a time in quotes, such as {example}")
        return time.fromisoformat(text) if text else None

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
