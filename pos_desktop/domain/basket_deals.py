"""What is taken off a basket's lines: the price that counts, then promotions, then discounts by hand.

All of it is found anew from the lines after every change, so nothing has to be undone: the lines without a
line are worth what they would have been worth without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pos_desktop.domain.basket_parts import (
    LABEL_PRICE,
    MOVED_PRICE,
    TYPED_PRICE,
    Coupon,
    Discount,
    Given,
    Line,
    Reduction,
)
from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.pricing import PriceRow, shelf_price
from pos_desktop.domain.promotion import PPM, Ask, Goods
from pos_desktop.domain.promotion_rules import PromotionRules
from pos_desktop.domain.promotions import best
from pos_desktop.domain.quantity import extend
from pos_desktop.domain.rounding import spread_by

_FIXED = frozenset({LABEL_PRICE, MOVED_PRICE, TYPED_PRICE})


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys and since when: the basket's beginning, the customer's levels and groups, coupons."""

    began: datetime | None = None
    levels: tuple[str, ...] = ()
    coupons: tuple[Coupon, ...] = ()

    def ask(self, rules: PromotionRules) -> Ask | None:
        """The question to prices and promotions, by the shop's clock; None before the first scan."""
        if self.began is None:
            return None
        counts: dict[str, int] = {}
        for coupon in self.coupons:
            key = coupon_key(coupon.promotion)
            counts[key] = counts.get(key, 0) + 1
        return Ask(rules.local(self.began), rules.store, frozenset(self.levels), counts)


def coupon_key(promotion: int) -> str:
    """What a promotion calls the coupons that are for it, whatever each one's own code is."""
    return f"p{promotion}"


def settled(
    lines: tuple[Line, ...], buyer: Buyer, rules: PromotionRules, reductions: Sequence[Reduction]
) -> tuple[Line, ...]:
    """The lines with the prices that count, what promotions give and what was taken off by hand."""
    ask = buyer.ask(rules)
    if ask is not None:
        lines = _priced(lines, ask)
        lines = _promoted(lines, rules, ask)
    if reductions or any(line.discounts for line in lines):
        lines = _reduced(lines, reductions)
    return lines


# -- the price ----------------------------------------------------------------------------------------


def _priced(lines: tuple[Line, ...], ask: Ask) -> tuple[Line, ...]:
    """Level, hour and quantity: lines of one item count together. Typed and printed prices stay."""
    bought: dict[int, int] = {}
    for line in lines:
        if line.item.prices and _catalogue_priced(line):
            bought[line.item.id] = bought.get(line.item.id, 0) + line.qty
    if not bought:
        return lines
    return tuple(
        _at_price(line, ask, bought[line.item.id])
        if line.item.id in bought and _catalogue_priced(line)
        else line
        for line in lines
    )


def _catalogue_priced(line: Line) -> bool:
    return not line.inward and not line.deposit_for and not _FIXED.intersection(line.flags)


def _at_price(line: Line, ask: Ask, bought: int) -> Line:
    item = line.item
    ordinary = PriceRow(item.id, item.price, item.price_version)
    row = shelf_price((ordinary, *item.prices), ask, bought) or ordinary
    if (row.price, row.version) == (line.price, line.price_version):
        return line
    return replace(line, price=row.price, price_version=row.version, amount=extend(row.price, line.qty))


# -- promotions ---------------------------------------------------------------------------------------


def _promoted(lines: tuple[Line, ...], rules: PromotionRules, ask: Ask) -> tuple[Line, ...]:
    by_line: dict[int, list[Given]] = {}
    if rules.promotions:
        for each in best(rules.book, [goods_of(line) for line in lines], ask).given:
            name = rules.names.get(each.promotion, "")
            by_line.setdefault(each.line, []).append(Given(each.promotion, name, each.amount, each.pieces))
    return tuple(_with_given(line, tuple(by_line.get(line.n, ()))) for line in lines)


def _with_given(line: Line, given: tuple[Given, ...]) -> Line:
    return line if line.given == given else replace(line, given=given)


def goods_of(line: Line) -> Goods:
    """A line as promotions see it; typed prices, deposits and what comes back take part in nothing."""
    fixed = line.inward or bool(line.deposit_for) or line.item.open_price or TYPED_PRICE in line.flags
    groups = frozenset(line.item.groups)
    return Goods(line.n, line.item.id, line.qty, line.price, line.amount, groups, fixed)


# -- discounts by hand --------------------------------------------------------------------------------


def _reduced(lines: tuple[Line, ...], reductions: Sequence[Reduction]) -> tuple[Line, ...]:
    """First what is off single lines, then what is off the sale, spread by what is left of each line."""
    by_line = {each.line: each for each in reductions}
    made = tuple(_line_reduced(line, by_line.get(line.n)) for line in lines)
    whole = by_line.get(0)
    if whole is None:
        return made
    meant = [line for line in made if reducible(line) and line.net > 0]
    left = [line.net for line in meant]
    shares = spread_by(off_of(whole, sum(left)), left, [(line.item.id, line.price) for line in meant])
    share_of = {line.n: share for line, share in zip(meant, shares, strict=True) if share}
    return tuple(
        replace(line, discounts=(*line.discounts, _discount("sale", share_of[line.n], whole)))
        if line.n in share_of
        else line
        for line in made
    )


def reducible(line: Line) -> bool:
    """Whether a person may take something off the line: not off deposits, nor off what comes back."""
    return not line.inward and not line.deposit_for


def off_of(reduction: Reduction, amount: int) -> int:
    """What a reduction takes off ``amount``: minor units, never more than there is."""
    off = divide_half_up(amount * reduction.ppm, PPM) if reduction.ppm else reduction.amount
    return min(max(off, 0), max(amount, 0))


def _line_reduced(line: Line, reduction: Reduction | None) -> Line:
    bare = replace(line, discounts=()) if line.discounts else line
    if reduction is None or not reducible(line):
        return bare
    off = off_of(reduction, bare.net)
    return replace(bare, discounts=(_discount("line", off, reduction),)) if off else bare


def _discount(kind: str, amount: int, reduction: Reduction) -> Discount:
    return Discount("line" if kind == "line" else "sale", amount, reduction.reason, reduction.ppm)
