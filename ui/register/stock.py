"""Whether a changed basket asks about stock: only for items the shop set to warn, once an item a sale."""

from __future__ import annotations

from collections.abc import Collection

from pos_desktop.domain.basket import Basket, Item
from ui.register.model import AskStock, Strip


def stock_question(
    before: Basket, after: Basket, n: int, strip: Strip, sold: Collection[int], code: str = ""
) -> AskStock | None:
    """The question that comes before ``after``, whose line ``n`` was added or changed, if any.

    ``sold`` are the items (ids) the cashier was asked about in this sale already and sold anyway.
    """
    item = after.line(n).item
    wanted = _quantity(after, item)
    asked = item.stock_policy == "warn" and not item.open_price and item.id not in sold
    if not asked or wanted <= item.on_hand or wanted <= _quantity(before, item):
        return None
    return AskStock(item, wanted, after, n, strip, code)


def _quantity(basket: Basket, item: Item) -> int:
    return sum(line.qty for line in basket.lines if line.item.id == item.id)
