"""A shift's figures from the ledger, as an X report shows them and a Z must carry them."""

from __future__ import annotations

from typing import Any

from pos_desktop.database.till import Connection, call


def shift_report(connection: Connection, shift: str) -> dict[str, Any] | None:
    """The figures of one of this till's shifts, or None when it is not its own.

    Whole numbers in minor units, and lists of tenders and taxes: exactly what a shift_close document carries.
    Keys: migrations/functions/README.md.
    """
    figures: dict[str, Any] | None = call(connection, "select api.shift_report(%s)", shift)
    return figures


def z_reports(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The last Z reports of this till, newest first: each with its document and when its shift was opened."""
    rows: list[dict[str, Any]] = call(connection, "select api.z_reports(%s)", limit)
    return rows
