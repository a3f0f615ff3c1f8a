"""Points: what a sale gives and takes, what they pay, and how people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pos_desktop.domain.basket import Basket
from pos_desktop.domain.basket_parts import EMPTIES
from pos_desktop.domain.customer import CustomerError
from pos_desktop.domain.customer_rules import CustomerRules
from pos_desktop.domain.money import MINUS, THIN_SPACE
from pos_desktop.domain.tender import Tender
from pos_desktop.words import decimals, t

MILLION = 1_000_000
"""Points are counted in millionths: so a refund takes back exactly what its part of the sale gave."""


@dataclass(frozen=True, slots=True)
class PointLine:
    """A line as points see it: what it came to after everything taken off (minor units, less than 0 when it
    came back), and the rate (millionths of a point for a minor unit) of the sale that it came from."""

    net: int
    rate: int


def points_earned(lines: Iterable[PointLine], paid: int, rate: int) -> int:
    """Millionths of a point that a sale gives, less than 0 for goods that came back.

    ``paid`` minor units were paid with points (less than 0: given back as points) and earn nothing; they
    count at ``rate``. Goods bought never take points away, goods brought back never give any.
    """
    rows = list(lines)
    earned = sum(row.net * row.rate for row in rows) - paid * rate
    if paid >= 0 and all(row.net >= 0 for row in rows):
        return max(earned, 0)
    return min(earned, 0) if paid <= 0 and all(row.net <= 0 for row in rows) else earned


def points_spent(amount: int, rules: CustomerRules) -> int:
    """Millionths of a point for ``amount`` minor units paid with points; CustomerError: it does not fit."""
    if rules.worth <= 0:
        raise CustomerError(t("This shop takes no points as payment."))
    points, rest = divmod(abs(amount), rules.worth)
    if rest:
        raise CustomerError(t("Points pay whole points only. Take the amount that is offered."))
    return points * MILLION if amount > 0 else -points * MILLION


def most_points(balance: int, due: int, rules: CustomerRules) -> int:
    """The largest amount (minor units) of ``due`` that these points (millionths) can pay; 0 when none can."""
    if rules.worth <= 0 or balance <= 0 or due <= 0:
        return 0
    points = min(balance // MILLION, due // rules.worth)
    return points * rules.worth if points >= max(rules.least, 1) else 0


def points_text(millionths: int) -> str:
    """Points as people read them: whole, or with up to two decimals, cut and never rounded up: ``12.4``."""
    whole, rest = divmod(abs(millionths), MILLION)
    part = f"{rest // 10_000:02d}".rstrip("0")
    sign = MINUS if millionths < 0 and (whole or part) else ""
    return f"{sign}{whole:,}".replace(",", THIN_SPACE) + (decimals(f".{part}") if part else "")


def points_of(basket: Basket, tenders: Sequence[Tender], rules: CustomerRules) -> dict[str, int] | None:
    """The document's ``points`` of a sale being paid; None without a customer, or where none are given.

    Deposits and empties give none. ``rate`` is what goods sold now are judged by when they come back.
    """
    paid = sum(tender.amount for tender in tenders if tender.kind == "points")
    back = any(line.back is not None and line.back.points_rate for line in basket.lines)
    if not basket.customer or not (rules.earn or paid or back):
        return None
    lines = [
        PointLine(line.net, rules.earn if line.back is None else line.back.points_rate)
        for line in basket.lines
        if not line.deposit_for and EMPTIES not in line.flags
    ]
    earned = points_earned(lines, paid, rules.earn)
    return {"earned": earned, "spent": points_spent(paid, rules) if paid else 0, "rate": rules.earn}
