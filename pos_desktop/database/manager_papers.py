"""A manager's calls about what stands on a store's papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection, call


def papers(connection: Connection, store: int) -> dict[str, Any] | None:
    """Header, footer, legal line and words of a store's papers; None when the store is not granted."""
    found: dict[str, Any] | None = call(connection, "select api.m_papers(%s)", store)
    return found


def save_papers(
    connection: Connection, store: int, was: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    """Save them over ``was``: outcome ok or conflict with ``papers``, or refused with a ``reason``."""
    answer: dict[str, Any] = call(
        connection, "select api.m_save_papers(%s, %s, %s)", store, Jsonb(dict(was)), Jsonb(dict(now))
    )
    return answer
