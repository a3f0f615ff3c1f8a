"""Tax with a named rounding: several taxes on an item, included or on top, exempt customers.

``tax.py`` is the document's rule of today, one tax a line rounded by rate; this is the general form of it.
docs/tax-and-rounding.md works each method in a table, and a test reads the tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.tax import PPM, TaxMode

TaxMethod = Literal["by_line", "by_rate", "keep_gross"]
"""by_line: each tax of each line is rounded, then added up. by_rate: each tax is rounded once over the sale.

keep_gross: what the customer pays is rounded once over the whole sale, and the taxes are spread to fit it.
"""


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax of an item: its code, its rate (parts per million), and whether it is due on the taxes before."""

    code: str
    rate: int
    compound: bool = False

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise ValueError("a tax rate is not negative")


@dataclass(frozen=True, slots=True)
class TaxedGoods:
    """A line's amount (minor units: gross when tax is included, else net) and its taxes in their order."""

    amount: int
    taxes: tuple[Tax, ...]


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One tax over the sale, minor units: ``net`` is what it is due on, before any tax."""

    code: str
    rate: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Taxed:
    """A sale's taxes and what the customer pays: ``net`` + the taxes is ``gross``, always."""

    taxes: tuple[TaxSum, ...]
    net: int
    gross: int

    @property
    def tax(self) -> int:
        """All taxes, minor units."""
        return self.gross - self.net


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A tax's rate from a day on, in parts per million."""

    code: str
    start: date
    rate: int


def rate_on(rates: Iterable[DatedRate], code: str, day: date) -> int | None:
    """The rate of a code on a day (the sale's legal date): the one that began last; None when none has."""
    begun = [each for each in rates if each.code == code and each.start <= day]
    return max(begun, key=lambda each: each.start).rate if begun else None


Key: TypeAlias = tuple[str, int]
Due: TypeAlias = dict[Key, Fraction]
"""By code and rate: an exact tax."""


def exact_taxes(
    goods: TaxedGoods, mode: TaxMode, exempt: Collection[str] = ()
) -> tuple[Fraction, dict[Key, Fraction]]:
    """A line's net and taxes without rounding; ``exempt`` codes are not due, and come out of the price."""
    whole = sum((share for _, share in _shares(goods.taxes)), Fraction(0))
    net = Fraction(goods.amount) / (1 + whole) if mode == "included" else Fraction(goods.amount)
    due: Due = {}
    for tax, share in _shares([tax for tax in goods.taxes if tax.code not in exempt]):
        key = tax.code, tax.rate
        due[key] = due.get(key, Fraction(0)) + net * share
    return net, due


def _shares(taxes: Iterable[Tax]) -> list[tuple[Tax, Fraction]]:
    """Each tax as a share of net; a compound one is also due on the taxes before it."""
    shares: list[tuple[Tax, Fraction]] = []
    before = Fraction(0)
    for tax in taxes:
        share = Fraction(tax.rate, PPM) * (1 + before if tax.compound else 1)
        shares.append((tax, share))
        before += share
    return shares


def tax_sale(
    lines: Sequence[TaxedGoods], mode: TaxMode, method: TaxMethod, exempt: Collection[str] = ()
) -> Taxed:
    """The taxes of a sale by a named method; ``exempt`` are codes a customer's certificate frees from.

    With tax included and nobody exempt, gross is the lines' sum by every method: only the tax in it moves.
    With tax on top, net is. Rounding is half up, and half down below zero, so a refund mirrors its sale.
    """
    exact = [exact_taxes(line, mode, exempt) for line in lines]
    sums: Due = {}
    for _, due in exact:
        for key, tax in due.items():
            sums[key] = sums.get(key, Fraction(0)) + tax
    keys = sorted(sums)
    if method == "by_line":
        taxes = [sum(_rounded(due.get(key, Fraction(0))) for _, due in exact) for key in keys]
    elif method == "by_rate":
        taxes = [_rounded(sums[key]) for key in keys]
    else:
        taxes = _fitting(_rounded(sum(sums.values(), Fraction(0))), [sums[key] for key in keys])
    amount = sum(line.amount for line in lines)
    if mode == "added":
        net, gross = amount, amount + sum(taxes)
    else:
        gross = amount if not exempt else _due_gross(exact, method)
        net = gross - sum(taxes)
    rows = [
        TaxSum(key[0], key[1], _net(key, tax, lines, exact, mode), tax)
        for key, tax in zip(keys, taxes, strict=True)
    ]
    return Taxed(tuple(rows), net, gross)


def _due_gross(exact: Sequence[tuple[Fraction, Due]], method: TaxMethod) -> int:
    """What an exempt customer pays of prices with tax in them, rounded as the tax is."""
    each = [net + sum(due.values(), Fraction(0)) for net, due in exact]
    return sum(map(_rounded, each)) if method == "by_line" else _rounded(sum(each, Fraction(0)))


def _fitting(whole: int, parts: Sequence[Fraction]) -> list[int]:
    """Whole numbers near the parts that add up to ``whole``: the largest remainders go up (or down) first."""
    floors = [part.numerator // part.denominator for part in parts]
    missing = whole - sum(floors)
    order = sorted(range(len(parts)), key=lambda n: floors[n] - parts[n])
    lucky = set(order[:missing])
    return [floor + (n in lucky) for n, floor in enumerate(floors)]


def _net(
    key: Key, tax: int, lines: Sequence[TaxedGoods], exact: Sequence[tuple[Fraction, Due]], mode: TaxMode
) -> int:
    """What a tax is due on: where it is the only one of its lines, whole; else rounded."""
    mine = [(line, net) for line, (net, due) in zip(lines, exact, strict=True) if key in due]
    if all(len(line.taxes) == 1 for line, _ in mine):
        amount = sum(line.amount for line, _ in mine)
        return amount - tax if mode == "included" else amount
    return _rounded(sum((net for _, net in mine), Fraction(0)))


def _rounded(exact: Fraction) -> int:
    return divide_half_up(exact.numerator, exact.denominator)
