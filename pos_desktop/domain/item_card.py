"""An item's card, as the server sends it and a till keeps it, read into an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pos_desktop.domain.basket_parts import Item, StockPolicy, Unit
from pos_desktop.domain.promotion_record import read_price
from pos_desktop.domain.tax_record import read_taxes

_NUMBERS = ("category_id", "strength", "volume", "deposit", "single", "pack")
"""Whole numbers that are 0 where there is nothing to say."""


def read_item(row: Mapping[str, Any]) -> Item:
    """An item from ``api.find_item`` and its like; ids, prices and stock are whole numbers."""
    min_age, number = row.get("min_age"), int(row["id"])
    return Item(
        id=number,
        name=str(row["name"]),
        unit=cast(Unit, row["unit"]),
        price=int(row.get("price") or 0),
        price_version=int(row.get("price_version") or 0),
        tax=str(row["tax"]),
        rate=int(row["rate"]),
        code=str(row.get("code") or ""),
        plu=str(row.get("plu") or ""),
        min_age=None if min_age is None else int(min_age),
        category=str(row.get("category") or ""),
        icon=str(row.get("icon") or ""),
        colour=str(row.get("colour") or ""),
        on_hand=int(row.get("on_hand") or 0),
        stock_policy=cast(StockPolicy, row.get("stock_policy") or "flag"),
        open_price=bool(row.get("open_price")),
        blocked=bool(row.get("blocked")),
        groups=tuple(str(group) for group in row.get("groups") or ()),
        prices=tuple(read_price(number, price) for price in row.get("prices") or ()),
        taxes=read_taxes(row.get("taxes") or ()),
        deposit_count=int(row.get("deposit_count") or 1),
        returnable=bool(row.get("returnable")),
        holds=str(row.get("holds") or ""),
        **{name: int(row.get(name) or 0) for name in _NUMBERS},
    )
