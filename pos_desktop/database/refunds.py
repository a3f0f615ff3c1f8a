"""Receipts goods come back of, and what an item gives back without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection, call


def sale_to_refund(connection: Connection, receipt: Mapping[str, Any]) -> dict[str, Any] | None:
    """A sale by {store, till, epoch, no} or {document}; None without one, {too_many} when asked too often."""
    found: dict[str, Any] | None = call(connection, "select api.sale_to_refund(%s)", Jsonb(dict(receipt)))
    return found


def refund_price(connection: Connection, item: int) -> dict[str, int] | None:
    """The lowest price (minor units) and its version this till's store asked lately for an item."""
    found: dict[str, int] | None = call(connection, "select api.refund_price(%s)", item)
    return found
