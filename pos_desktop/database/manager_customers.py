"""A manager's calls about customers: read by pages, changed, erased (migrations/functions/README.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection, call


def page(connection: Connection, words: str, after: Sequence[Any] | None, limit: int) -> dict[str, Any]:
    """``rows`` and ``more``: customers that words find, by name."""
    place = Jsonb(list(after)) if after else None
    found: dict[str, Any] = call(connection, "select api.m_customers(%s, %s, %s)", words, place, limit)
    return found


def count(connection: Connection, words: str) -> tuple[int, bool]:
    """How many words find, and whether it stopped counting."""
    found = call(connection, "select api.m_customers_count(%s)", words)
    return found["count"], bool(found["capped"])


def choices(connection: Connection, store: int) -> dict[str, Any]:
    """``groups`` by code and name, and the store's ``dial`` code."""
    found: dict[str, Any] = call(connection, "select api.m_customer_choices(%s)", store)
    return found


def save(connection: Connection, number: int, row_version: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change what ``changes`` names, of the customer as it was read."""
    answer: dict[str, Any] = call(
        connection,
        "select api.m_save_customer(%s, %s, %s)",
        number,
        row_version,
        Jsonb(dict(changes)),
    )
    return answer


def erase(connection: Connection, number: int, row_version: int) -> dict[str, Any]:
    """Take the person out of the shop."""
    answer: dict[str, Any] = call(connection, "select api.m_erase_customer(%s, %s)", number, row_version)
    return answer
