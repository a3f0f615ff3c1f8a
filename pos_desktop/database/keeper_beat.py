"""A till's report for the keeper: what waits on its disk, and how far its clock is off."""

from __future__ import annotations

from datetime import datetime

from pos_desktop.database.till import Connection, call, parse_time


def seen(
    connection: Connection, pending: int, oldest_seconds: int, offset_ms: int, program_version: str
) -> datetime:
    """Report; the server's time. ``offset_ms`` is the server's clock minus the till's."""
    answer = call(
        connection, "select api.seen(%s, %s, %s, %s)", pending, oldest_seconds, offset_ms, program_version
    )
    return parse_time(answer["server_at"])
