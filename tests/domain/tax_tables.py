"""The worked examples of docs/tax-and-rounding.md as data, to try program and server with the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast, get_args

from pos_desktop.domain.rounding import CashMethod
from pos_desktop.domain.tax import Tax, Taxes, TaxMethod, TaxMode

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tax-and-rounding.md"
METHODS: tuple[TaxMethod, ...] = get_args(TaxMethod)


@dataclass(frozen=True)
class Example:
    """A sale, a method, and what has to come out, by the headings of the table (minor units)."""

    mode: TaxMode
    method: TaxMethod
    exempt: frozenset[str]
    lines: tuple[tuple[Taxes, int], ...]
    shown: dict[str, int]


@dataclass(frozen=True)
class CashExample:
    """A row of the table of cash, minor units."""

    method: CashMethod
    step: int
    total: int
    cash: int
    rounding: int


def minor(text: str) -> int:
    """``-1.05`` in pence."""
    return int(Fraction(text) * 100)


def examples() -> Iterator[Example]:
    """Each row of each table."""
    text = PAGE.read_text(encoding="utf-8")
    for found in re.finditer(r"```table\n(.*?)```\n\n((?:\|[^\n]*\n)+)", text, re.DOTALL):
        rows = [[cell.strip() for cell in row.strip("|\n").split("|")] for row in found[2].splitlines()]
        mode, exempt, lines = _sale(found[1].splitlines())
        for method, *amounts in rows[2:]:
            shown = dict(zip(rows[0][1:], map(minor, amounts), strict=True))
            yield Example(mode, cast(TaxMethod, method), exempt, lines, shown)


def _sale(text: list[str]) -> tuple[TaxMode, frozenset[str], tuple[tuple[Taxes, int], ...]]:
    mode, exempt, lines = "", frozenset[str](), list[tuple[Taxes, int]]()
    for line in text:
        key, _, rest = line.partition(": ")
        words = rest.split()
        if key == "mode":
            mode = rest
        elif key == "exempt":
            exempt = frozenset(words)
        elif key == "line":
            lines.append(((_tax(words[1:]),), minor(words[0])))
        else:
            taxes, amount = lines[-1]
            lines[-1] = ((*taxes, _tax(words)), amount)
    return cast(TaxMode, mode), exempt, tuple(lines)


def _tax(words: list[str]) -> Tax:
    return Tax(words[0], int(Fraction(words[1]) * 10_000), words[2:] == ["on"])


def cash_examples() -> list[CashExample]:
    """Each row of the table of cash."""
    rows = re.findall(
        r"^\| (\w+) \| ([\d.]+) \| (-?[\d.]+) \| (-?[\d.]+) \| (-?[\d.]+) \|", PAGE.read_text(), re.M
    )
    return [
        CashExample(cast(CashMethod, row[0]), *map(minor, row[1:]))
        for row in rows
        if row[0] in get_args(CashMethod)
    ]
