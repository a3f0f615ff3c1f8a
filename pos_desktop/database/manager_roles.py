"""A manager's calls about roles: what each may do at a till, and how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection, call


def roles(connection: Connection) -> dict[str, Any]:
    """By role: ``title``, ``permissions`` and ``limits`` (keys: migrations/functions/README.md)."""
    found: dict[str, Any] = call(connection, "select api.m_roles()")
    return found


def save_role(
    connection: Connection,
    role: str,
    was: Mapping[str, Any],
    permissions: Sequence[str],
    limits: Mapping[str, Any],
) -> dict[str, Any]:
    """Set what a role may do; ``was`` is the role as it was read."""
    answer: dict[str, Any] = call(
        connection,
        "select api.m_save_role(%s, %s, %s, %s)",
        role,
        Jsonb(dict(was)),
        list(permissions),
        Jsonb(dict(limits)),
    )
    return answer
