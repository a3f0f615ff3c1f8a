"""Look-ups of items by a till: by code, by words, by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos_desktop.database.till import Connection, call


def find_item(connection: Connection, code: str) -> dict[str, Any] | None:
    """The item card a canonical code names (GTIN of 14 digits, PLU or own code), or None.

    Keys as in migrations/functions/README.md: price in minor units, rate in ppm, on_hand in thousandths.
    """
    card: dict[str, Any] | None = call(connection, "select api.find_item(%s)", code)
    return card


def search_items(connection: Connection, words: str, limit: int = 50) -> list[dict[str, Any]]:
    """Item cards whose name holds every word, in any order, accents ignored; best first."""
    cards: list[dict[str, Any]] = call(connection, "select api.search_items(%s, %s)", words, limit)
    return cards


def items_by_id(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Item cards by their ids; unknown ids are left out."""
    cards: list[dict[str, Any]] = call(connection, "select api.items_by_id(%s::bigint[])", list(ids))
    return cards


def find_coupon(connection: Connection, code: str) -> dict[str, Any] | None:
    """The coupon of a code: code, promotion, name, used and ended (1 or 0); None when it is no coupon."""
    row: dict[str, Any] | None = call(connection, "select api.find_coupon(%s)", code)
    return row


def shop_rules(connection: Connection) -> dict[str, Any]:
    """The shop's rules for this till's store, one key for each part (domain/shop_rules.py)."""
    rules: dict[str, Any] = call(connection, "select api.shop_rules()")
    return rules


def catalogue_page(
    connection: Connection, after: int, limit: int, ids: Sequence[int] | None = None
) -> list[list[Any]]:
    """Items after an id, or those named (1000 at most), as arrays in the order of the server's README.

    For a till's own copy: no cost prices, and prices that begin later come along.
    """
    named = None if ids is None else list(ids)
    rows: list[list[Any]] = call(
        connection, "select api.catalogue_page(%s, %s, %s::bigint[])", after, limit, named
    )
    return rows
