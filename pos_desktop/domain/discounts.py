"""Discounts and coupons put onto a basket and taken off it: one discount a line, one on the sale."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pos_desktop.domain.basket import Basket, totals
from pos_desktop.domain.basket_deals import off_of, reducible
from pos_desktop.domain.basket_parts import Approval, Coupon, Reduction, refuse
from pos_desktop.words import t

DISCOUNT: Final = "discount"
MAX_COUPONS = 20


def reducible_amount(basket: Basket, n: int) -> int:
    """What a discount on line ``n`` (0: on the sale) can come off, minor units: after promotions.

    For the sale, after the lines' own discounts too. Deposits and what comes back do not count.
    """
    lines = [line for line in basket.lines if n in (0, line.n) and reducible(line)]
    kinds = ("line",) if n == 0 else ()
    taken = sum(each.amount for line in lines for each in line.discounts if each.kind in kinds)
    given = sum(each.amount for line in lines for each in line.given)
    return sum(line.amount for line in lines) - given - taken


def comes_to(basket: Basket, reduction: Reduction) -> int:
    """What a reduction would take off this basket, minor units."""
    return off_of(reduction, reducible_amount(basket, reduction.line))


def reduced(basket: Basket, reduction: Reduction, approval: Approval | None = None) -> Basket:
    """The basket with a discount in the place of any before on that line or the sale.

    ``approval`` is stamped with the amounts and goes into the document. BasketError: line, discount.
    """
    if reduction.line:
        line = basket.line(reduction.line)
        if not reducible(line):
            refuse(DISCOUNT, t("Nothing can be taken off {name}.", name=line.item.name))
    amount = reducible_amount(basket, reduction.line)
    off = comes_to(basket, reduction)
    if off <= 0 or (not reduction.ppm and reduction.amount > amount):
        refuse(DISCOUNT, t("A discount is above nothing, and not more than there is to pay."))
    after = _without(basket, reduction.line)
    stamped: tuple[Approval, ...] = ()
    if approval is not None:
        stamped = (replace(approval, line=reduction.line, was=amount, now=amount - off),)
    return basket.stepped(
        replace(
            after,
            approvals=(*after.approvals, *stamped),
            reductions=(*after.reductions, reduction),
            touched=reduction.line or basket.touched,
        )
    )


def without_discount(basket: Basket, n: int) -> Basket:
    """The basket without the discount of line ``n``, or (0) of the sale."""
    return basket.stepped(_without(basket, n))


def _without(basket: Basket, n: int) -> Basket:
    return replace(
        basket,
        reductions=tuple(each for each in basket.reductions if each.line != n),
        approvals=tuple(a for a in basket.approvals if (a.what, a.line) != (DISCOUNT, n)),
    )


def with_coupon(basket: Basket, coupon: Coupon) -> Basket:
    """The basket with one more coupon. BasketError "coupon" when it is in it already."""
    if any(each.code == coupon.code for each in basket.coupons):
        refuse("coupon", t("This coupon is in the sale already."))
    if len(basket.coupons) >= MAX_COUPONS:
        refuse("coupon", t("A sale takes {n} coupons.", n=MAX_COUPONS))
    after = basket.stepped(replace(basket, coupons=(*basket.coupons, coupon)))
    more = any(each.promotion == coupon.promotion for each in basket.coupons)
    if more and totals(after).off == totals(basket).off:
        refuse("coupon", t("No more coupons of this kind count in this sale."))
    return after


def without_coupon(basket: Basket, code: str) -> Basket:
    """The basket without a coupon."""
    kept = tuple(each for each in basket.coupons if each.code != code)
    return basket.stepped(replace(basket, coupons=kept))
