"""A till's calls about gift cards, credit, vouchers, accounts and the codes of mobile payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection, call


def account_find(connection: Connection, code: str) -> dict[str, Any] | None:
    """``api.account_find``: what has this code, or None."""
    found: dict[str, Any] | None = call(connection, "select api.account_find(%s)", code)
    return found


def account_new(connection: Connection, kind: str, code: str) -> dict[str, Any]:
    """``api.account_new``: the one with this code, or a new one; "" lets the server choose the code."""
    made: dict[str, Any] = call(connection, "select api.account_new(%s, %s)", kind, code)
    return made


def hold_tender(connection: Connection, sale_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """``api.hold_tender``: keep for this basket what it is going to be paid with."""
    held: dict[str, Any] = call(connection, "select api.hold_tender(%s, %s)", sale_id, Jsonb(dict(body)))
    return held


def release_tender(connection: Connection, sale_id: str, account: int, ref: str) -> None:
    """``api.release_tender``: free it again; 0 and "" free all this basket holds."""
    call(connection, "select api.release_tender(%s, %s, %s)", sale_id, account, ref)
