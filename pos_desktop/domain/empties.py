"""Empties that come back to the shop: lines of their own, worth the deposit they were sold with."""

from __future__ import annotations

from dataclasses import replace

from pos_desktop.domain.basket import Basket, Item, Line
from pos_desktop.domain.basket_parts import EMPTIES
from pos_desktop.domain.quantity import ONE, extend


def add_empties(basket: Basket, deposit: Item, count: int = 1) -> Basket:
    """The basket with ``count`` more of a deposit brought back, on one line for each deposit and price."""
    for line in reversed(basket.lines):
        if EMPTIES in line.flags and (line.item.id, line.price) == (deposit.id, deposit.price):
            qty = line.qty - count * ONE
            return basket.put(replace(line, qty=qty, amount=-extend(line.price, -qty)))
    qty = count * ONE
    amount = -extend(deposit.price, qty)
    code = deposit.code or deposit.plu
    return basket.append(
        Line(0, deposit, code, -qty, deposit.price, deposit.price_version, amount, (EMPTIES,))
    )
