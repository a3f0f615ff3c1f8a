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
