"""What an item in the basket is called: the words of the strip, and of the record of an unknown code."""

from __future__ import annotations

from dataclasses import replace

from pos_desktop.domain.basket import Basket, Item
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.domain.quantity import ONE, format_qty
from pos_desktop.words import t
from ui.register.model import Pending, Strip


def added_strip(basket: Basket, item: Item, currency: Currency) -> Strip:
    """What was added and how many there are now; its deposit, and that the books say there is none left."""
    line = basket.line(basket.touched)
    if line.inward:
        amount = format_amount(line.amount, currency)
        return Strip("added", item.name, t("Returned empties · {qty}", qty=format_qty(-line.qty)), amount)
    unit = f"{format_amount(line.price, currency)}"
    if item.weighed:
        detail = t(
            "Added · {qty} at {price} / {unit}",
            qty=format_qty(line.qty, item.unit),
            price=unit,
            unit=item.unit,
        )
    else:
        detail = t("Added · {qty} in basket", qty=format_qty(line.qty))
    deposit = next((each for each in basket.lines if each.deposit_for == line.n), None)
    if deposit is not None:
        detail = t(
            "{detail} · deposit {amount}", detail=detail, amount=format_amount(deposit.amount, currency)
        )
    shown = line.amount if item.weighed or line.flags else line.price
    if item.on_hand <= 0 and not item.open_price:
        detail = t(
            "{detail} · stock says {on_hand}, sell it anyway",
            detail=detail,
            on_hand=format_qty(item.on_hand, item.unit),
        )
        return Strip("note", item.name, detail, format_amount(shown, currency))
    return Strip("added", item.name, detail, format_amount(shown, currency))


def taken_off(basket: Basket) -> int:
    """What promotions and discounts take off, minor units."""
    return sum(line.off for line in basket.lines)


def unknown_sold(sold: Pending) -> dict[str, int | str]:
    """What the manager needs to create the item: code, department, price each (minor units), thousandths."""
    return {
        "code": sold.found.code,
        "department": sold.department,
        "price": sold.price or 0,
        "qty": sold.qty or ONE,
    }


def marked(basket: Basket, flag: str) -> Basket:
    """The line that changed last with a flag on it; one undo takes back both."""
    lines = (
        replace(line, flags=(*(f for f in line.flags if f != flag), flag))
        if line.n == basket.touched
        else line
        for line in basket.lines
    )
    return replace(basket, lines=tuple(lines))
