"""A basket's line as the list shows it: the price, what promotions and people took off it, and why."""

from __future__ import annotations

from pos_desktop.domain.basket import LABEL_PRICE, MOVED_PRICE, Line
from pos_desktop.domain.basket_parts import EMPTIES, LOWER_PRICE, Discount
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.domain.quantity import format_qty
from pos_desktop.domain.receipt import rate_text
from pos_desktop.words import t
from ui.widgets.basket_list import BasketRow


def basket_row(line: Line, currency: Currency) -> BasketRow:
    """A line as the list shows it; its amount is what is to be paid for it."""
    item = line.item
    price = format_amount(line.price, currency)
    return BasketRow(
        quantity=format_qty(line.qty, item.unit),
        name=item.name,
        unit_price=f"{price} / {item.unit}" if item.weighed else t("{price} each", price=price),
        amount=format_amount(line.net, currency),
        flag=f"{item.min_age}+" if item.min_age else "",
        promo=off_words(line, currency),
        note=" · ".join(_notes(line)),
        key=line.n,
    )


def off_words(line: Line, currency: Currency) -> str:
    """What was taken off a line, by name: ``3 for 2 −1.65 · 10% off, dented −0.20``; empty for nothing."""
    words = [f"{each.name} {format_amount(-each.amount, currency)}" for each in line.given]
    words += [f"{_discount_words(each)} {format_amount(-each.amount, currency)}" for each in line.discounts]
    return " · ".join(words)


def _discount_words(discount: Discount) -> str:
    share = t("{share} off", share=rate_text(discount.ppm)) if discount.ppm else t("Discount")
    return (
        t("{share} the sale, {reason}", share=share, reason=discount.reason)
        if discount.kind == "sale"
        else f"{share}, {discount.reason}"
    )


def _notes(line: Line) -> list[str]:
    notes = [line.department] if line.department else []
    if line.typed_price:
        notes.append(t("price typed"))
    if LABEL_PRICE in line.flags:
        notes.append(t("price from label"))
    if MOVED_PRICE in line.flags:
        notes.append(t("older price kept"))
    if LOWER_PRICE in line.flags:
        notes.append(t("price lowered since the scan"))
    if line.deposit_for:
        notes.append(t("goes with the line above"))
    if EMPTIES in line.flags:
        notes.append(t("returned empties"))
    if line.back is not None:
        notes.append(t("back, {receipt}", receipt=line.back.receipt or t("no receipt")))
        notes += [t("to waste")] if line.back.to == "waste" else []
    return notes
