"""Tax by rate over a whole sale, included in the price or added on top, rounded once per rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pos_desktop.domain.money import divide_half_up

PPM = 1_000_000
"""A tax rate is an int in parts per million: 200 000 is 20 %."""

TaxMode = Literal["included", "added"]


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An amount split in net and tax (minor units); refuses to exist unless they add up to gross."""

    net: int
    tax: int
    gross: int

    def __post_init__(self) -> None:
        if self.net + self.tax != self.gross:
            raise ValueError(f"net {self.net} + tax {self.tax} is not gross {self.gross}")


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One rate of a sale: code, rate (ppm) and the amounts (minor units) of all lines under it."""

    code: str
    rate: int
    amount: TaxedAmount

    @property
    def net(self) -> int:
        """What the shop keeps, minor units."""
        return self.amount.net

    @property
    def tax(self) -> int:
        """What the state gets, minor units."""
        return self.amount.tax

    @property
    def gross(self) -> int:
        """What the customer pays, minor units."""
        return self.amount.gross


def tax_of(amount: int, rate: int, mode: TaxMode) -> TaxedAmount:
    """Split ``amount`` (minor units) at ``rate`` (ppm).

    "included": ``amount`` is gross, tax = round half up(gross * rate / (1 + rate)).
    "added": ``amount`` is net, tax = round half up(net * rate). ValueError for a negative rate.
    """
    if rate < 0:
        raise ValueError("a tax rate is not negative")
    if mode == "included":
        tax = divide_half_up(amount * rate, PPM + rate)
        return TaxedAmount(net=amount - tax, tax=tax, gross=amount)
    tax = divide_half_up(amount * rate, PPM)
    return TaxedAmount(net=amount, tax=tax, gross=amount + tax)


def taxes_by_rate(amounts: Iterable[tuple[str, int, int]], mode: TaxMode) -> tuple[TaxLine, ...]:
    """One :class:`TaxLine` per (code, rate) from (code, rate, line amount) triples, in code order.

    The line amounts are summed first and rounded once per rate: the document's rule, which the server
    recomputes.
    """
    sums: dict[tuple[str, int], int] = {}
    for code, rate, amount in amounts:
        sums[code, rate] = sums.get((code, rate), 0) + amount
    return tuple(
        TaxLine(code, rate, tax_of(total, rate, mode)) for (code, rate), total in sorted(sums.items())
    )


def format_rate(rate: int) -> str:
    """``200000`` as ``20 %``, ``55000`` as ``5.5 %``."""
    whole, rest = divmod(rate, PPM // 100)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{whole}.{decimals} %" if decimals else f"{whole} %"
