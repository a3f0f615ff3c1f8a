"""Tax of a sale: several taxes an item, included or on top, exempt customers, methods of rounding with names.

Everything is exact until a method rounds, half away from zero: a refund mirrors its sale. The server works it
out once more (``pos.tax_sale``); docs/tax-and-rounding.md has each method as a table, and both are tried with
the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from pos_desktop.domain.money import divide_half_up

PPM = 1_000_000
"""A tax rate is an int in parts per million: 200 000 is 20 %."""

TaxMode = Literal["included", "added"]
TaxMethod = Literal["by_line", "by_rate", "keep_gross"]
"""by_line: each tax of each line is rounded, then added up. by_rate: each tax is rounded once over the sale.

keep_gross: what the customer pays is rounded once over the whole sale, and the taxes are spread to fit it.
"""


class Tax(NamedTuple):
    """A tax of an item: its code, its rate (parts per million), and whether it is due on the taxes before."""

    code: str
    rate: int
    compound: bool = False


Taxes: TypeAlias = tuple[Tax, ...]
"""The taxes of an item in their order; an item of one tax has one."""
NOBODY: frozenset[str] = frozenset()
"""Nobody is exempt from anything."""


class TaxLine(NamedTuple):
    """One tax of a sale over all its lines, minor units: ``net`` is what it is due on, before any tax.

    What somebody is exempt from stands with rate 0 and tax 0, so that exempt goods can be counted.
    """

    code: str
    rate: int
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """Net and tax."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Taxed:
    """A sale's taxes and what the customer pays: ``net`` + the taxes is ``gross``, always (minor units)."""

    taxes: tuple[TaxLine, ...]
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
"""Code and rate: what is rounded and shown together."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What becomes of one unit of a line's amount, exact: its net, each tax due, what the customer pays."""

    net: Fraction
    due: tuple[tuple[Key, Fraction], ...]
    paid: Fraction
    alone: bool


@lru_cache(maxsize=1024)
def shares_of(taxes: Taxes, mode: TaxMode, exempt: frozenset[str] = NOBODY) -> Shares:
    """The shares of an amount under these taxes; ``exempt`` codes are not due, and come out of the price.

    ValueError for a negative rate.
    """
    if any(tax.rate < 0 for tax in taxes):
        raise ValueError("a tax rate is not negative")
    whole = sum((share for _, share in _on_net(taxes)), Fraction(0))
    net = 1 / (1 + whole) if mode == "included" else Fraction(1)
    due: dict[Key, Fraction] = {(tax.code, 0): Fraction(0) for tax in taxes if tax.code in exempt}
    for tax, share in _on_net(tax for tax in taxes if tax.code not in exempt):
        key = tax.code, tax.rate
        due[key] = due.get(key, Fraction(0)) + net * share
    return Shares(net, tuple(due.items()), net + sum(due.values(), Fraction(0)), len(taxes) == 1)


def _on_net(taxes: Iterable[Tax]) -> list[tuple[Tax, Fraction]]:
    """Each tax as a share of net; a compound one is also due on the taxes before it."""
    found: list[tuple[Tax, Fraction]] = []
    before = Fraction(0)
    for tax in taxes:
        share = Fraction(tax.rate, PPM) * (1 + before if tax.compound else 1)
        found.append((tax, share))
        before += share
    return found


Part: TypeAlias = tuple[Shares, int]
"""An amount that is rounded by itself: a line, or all lines under the same taxes."""


def tax_sale(
    lines: Iterable[tuple[Taxes, int]],
    mode: TaxMode,
    method: TaxMethod = "by_rate",
    exempt: frozenset[str] = NOBODY,
) -> Taxed:
    """The taxes of a sale from its lines' taxes and amounts (minor units: gross when included, else net).

    ``exempt`` are the codes a customer's certificate frees from. With tax included and nobody exempt, gross
    is the lines' sum by every method: only the tax in it moves. With tax on top, net is.
    """
    sums: dict[Taxes, int] = {}
    if method == "by_line":
        parts = [(shares_of(taxes, mode, exempt), amount) for taxes, amount in lines]
    else:
        for taxes, amount in lines:
            sums[taxes] = sums.get(taxes, 0) + amount
        parts = [(shares_of(taxes, mode, exempt), amount) for taxes, amount in sums.items()]
    by_key: dict[Key, list[tuple[Fraction, Part]]] = {}
    for part in parts:
        for key, share in part[0].due:
            by_key.setdefault(key, []).append((share, part))
    keys = sorted(by_key)
    taxed = _rounded_taxes([by_key[key] for key in keys], method)
    rows = tuple(
        TaxLine(*key, _net(by_key[key], tax, mode), tax) for key, tax in zip(keys, taxed, strict=True)
    )
    amount = sum(amount for _, amount in parts)
    if mode == "added":
        return Taxed(rows, amount, amount + sum(taxed))
    gross = _paid(parts, method) if exempt else amount
    return Taxed(rows, gross - sum(taxed), gross)


def _rounded_taxes(keys: Sequence[Sequence[tuple[Fraction, Part]]], method: TaxMethod) -> list[int]:
    """The tax of each key as the method rounds it."""
    if method == "by_line":
        return [sum(_times(share, amount) for share, (_, amount) in found) for found in keys]
    if method == "by_rate":
        return [_times(*_only(found)) if len(found) == 1 else _round(_sum(found)) for found in keys]
    exact = [_sum(found) for found in keys]
    return fitting(_round(sum(exact, Fraction(0))), exact)


def _only(found: Sequence[tuple[Fraction, Part]]) -> tuple[Fraction, int]:
    (share, (_, amount)), *_rest = found
    return share, amount


def _sum(found: Sequence[tuple[Fraction, Part]]) -> Fraction:
    return sum((share * amount for share, (_, amount) in found), Fraction(0))


def _net(found: Sequence[tuple[Fraction, Part]], tax: int, mode: TaxMode) -> int:
    """What a tax is due on: where it is the only one of its lines, what it leaves of them; else rounded."""
    if all(shares.alone for _, (shares, _) in found):
        if mode == "added":
            return sum(amount for _, (_, amount) in found)
        return sum(_times(shares.paid, amount) for _, (shares, amount) in found) - tax
    return _round(sum((shares.net * amount for _, (shares, amount) in found), Fraction(0)))


def _paid(parts: Sequence[Part], method: TaxMethod) -> int:
    """What an exempt customer pays of prices with tax in them, rounded as the tax is."""
    if method == "keep_gross":
        return _round(sum((shares.paid * amount for shares, amount in parts), Fraction(0)))
    return sum(_times(shares.paid, amount) for shares, amount in parts)


def fitting(whole: int, parts: Sequence[Fraction]) -> list[int]:
    """Whole numbers near the parts that add up to ``whole``: the largest remainders go away from zero first.

    Of equal remainders the first goes first. All signs turned, the answer is turned too.
    """
    turned = next((part for part in (sum(parts, Fraction(0)), *parts) if part), Fraction(0)) < 0
    sign = -1 if turned else 1
    floors = [sign * part.numerator // part.denominator for part in parts]
    order = sorted(range(len(parts)), key=lambda n: floors[n] - sign * parts[n])
    lucky = set(order[: sign * whole - sum(floors)])
    return [sign * (floor + (n in lucky)) for n, floor in enumerate(floors)]


def _times(share: Fraction, amount: int) -> int:
    return divide_half_up(amount * share.numerator, share.denominator)


def _round(exact: Fraction) -> int:
    return divide_half_up(exact.numerator, exact.denominator)


def format_rate(rate: int) -> str:
    """``200000`` as ``20 %``, ``55000`` as ``5.5 %``."""
    whole, rest = divmod(rate, PPM // 100)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{whole}.{decimals} %" if decimals else f"{whole} %"
