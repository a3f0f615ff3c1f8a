"""Alerts as managers read them: what the keeper found wrong, open or not yet seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos_desktop.database.till import Connection, call, parse_time


@dataclass(frozen=True, slots=True)
class Alert:
    """Something wrong. ``store`` and ``till`` are numbers; without a store it is about the server itself.

    ``id`` 0 is the keeper's own absence, which nobody can mark as seen. ``severity`` is warning or alarm,
    ``subject`` which login, setting, disk or slot; keys of ``detail`` by kind: docs/alerts.md.
    """

    id: int
    kind: str
    severity: str
    store: int | None
    till: int | None
    subject: str
    times: int
    raised_at: datetime
    cleared_at: datetime | None
    seen_at: datetime | None
    seen_by: str | None
    detail: Mapping[str, Any]

    @property
    def open(self) -> bool:
        """Whether it holds now."""
        return self.cleared_at is None


def read_alert(row: Mapping[str, Any]) -> Alert:
    """An alert row of the server as a value."""
    times = {name: row[name] and parse_time(row[name]) for name in ("raised_at", "cleared_at", "seen_at")}
    return Alert(**{**row, **times})


def alerts(connection: Connection, store: int, limit: int = 100) -> tuple[Alert, ...]:
    """Alerts of a granted store and of the server: open ones, worst and newest first, then unseen ones."""
    return tuple(read_alert(row) for row in call(connection, "select api.m_alerts(%s, %s)", store, limit))


def alert_seen(connection: Connection, alert: int) -> bool:
    """This manager has looked at an alert; False when somebody had already."""
    return bool(call(connection, "select api.m_alert_seen(%s)", alert))
