"""A scanned coupon goes into the sale, and the strip says what it brings."""

from __future__ import annotations

from pos_desktop.domain.basket import BasketError, totals
from pos_desktop.domain.basket_parts import Coupon
from pos_desktop.domain.discounts import with_coupon, without_coupon
from pos_desktop.domain.money import format_amount
from pos_desktop.services.found import CouponFound
from pos_desktop.words import t
from ui.register.model import Strip
from ui.register.sale import Sale


def take_coupon(sale: Sale, found: CouponFound) -> None:
    """Put the coupon into the sale, or say why it does not count; one used meanwhile is taken out again."""
    before = sale.ready_basket()
    try:
        if found.ended and any(each.code == found.code for each in before.coupons):
            sale.put(
                without_coupon(before, found.code),
                Strip("info", t("{name}: coupon taken out", name=found.name)),
            )
            return
        if found.ended:
            raise BasketError("coupon", found.ended)
        basket = with_coupon(before, Coupon(found.code, found.promotion, found.name))
    except BasketError as rule:
        sale.sound.emit("error")
        sale.say(Strip("stop", t("{name}: coupon not taken", name=found.name), str(rule)))
        return
    off = totals(basket).off - totals(before).off
    sale.sound.emit("added" if off else "attention")
    if off:
        strip = Strip("added", found.name, t("Coupon taken"), format_amount(-off, sale.currency))
    else:
        strip = Strip("note", found.name, t("Coupon taken · it counts once its goods are in the sale"))
    sale.put(basket, strip, select=sale.selected)
