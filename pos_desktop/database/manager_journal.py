"""A manager's reading of the journal, of an item's history, and of alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection, call


def documents_page(
    connection: Connection, filter_: Mapping[str, Any], sort: str, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """One page of documents; ``sort`` "-id" newest first, "id" oldest first; ``after`` a document's id."""
    rows: list[dict[str, Any]] = call(
        connection, "select api.m_documents_page(%s, %s, %s, %s)", Jsonb(dict(filter_)), sort, after, limit
    )
    return rows


def documents_count(connection: Connection, filter_: Mapping[str, Any]) -> tuple[int, bool]:
    """How many documents a filter finds, and whether counting stopped at ten thousand."""
    answer = call(connection, "select api.m_documents_count(%s)", Jsonb(dict(filter_)))
    return answer["count"], bool(answer["capped"])


def document(connection: Connection, id_: str) -> dict[str, Any] | None:
    """One document with its paper's facts and its chain's state; None when it is no granted store's."""
    found: dict[str, Any] | None = call(connection, "select api.m_document(%s)", id_)
    return found


def item_history(
    connection: Connection, store: int, item: int, before: int | None, limit: int
) -> dict[str, Any]:
    """Prices, movements (those before one of an id) and weekly sales of an item in a store."""
    found: dict[str, Any] = call(
        connection, "select api.m_item_history(%s, %s, %s, %s)", store, item, before, limit
    )
    return found


def alerts(connection: Connection, store: int, limit: int) -> list[dict[str, Any]]:
    """The keeper's alerts for a store and its server: open ones first, then those nobody has seen."""
    rows: list[dict[str, Any]] = call(connection, "select api.m_alerts(%s, %s)", store, limit)
    return rows


def alert_seen(connection: Connection, alert: int) -> bool:
    """The manager has looked at an alert; False when somebody had already."""
    return bool(call(connection, "select api.m_alert_seen(%s)", alert))
