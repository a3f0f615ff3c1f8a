"""The manager's inbox: flags on documents, alarms, and the keeper's alerts, each with what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pos_desktop.database import manager as flag_rows
from pos_desktop.database import manager_journal as rows
from pos_desktop.domain.document import parse_utc
from pos_desktop.domain.money import currency, format_money
from pos_desktop.domain.quantity import format_qty
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.services.manager import ManagerDesk, Page, Store
from pos_desktop.services.manager_words import Words, alert_words, flag_words
from pos_desktop.words import t

MOST = 500
"""What the inbox holds at once, of flags and of alerts each; put some away and the next come."""
_QUIET = frozenset({"offline", "refilled", "new_epoch", "till_claimed", "old_price"})
"""Flags that tell, and ask for nothing."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What to show: words of the title and what happened, and whether only what is urgent."""

    store: int
    words: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that needs a manager. ``level`` is alarm, warning or note; ``till`` 0: the server's.

    ``document`` is what it is about, empty when it is about no document; ``about`` says it in words.
    ``over`` when it no longer holds.
    """

    id: str
    level: str
    words: Words
    till: int
    at: datetime
    document: str
    times: int = 1
    over: bool = False
    seen: bool = False
    about: str = ""

    @property
    def key(self) -> tuple[str]:
        """Known by its id: the inbox comes as one page."""
        return (self.id,)


class ManagerAlerts:
    """What needs the manager of a store; every method blocks, so it is called in a lane."""

    def __init__(self, desk: ManagerDesk, store: Store) -> None:
        self._database, self._store = desk.database, store

    def page(self, wanted: AlertFilter, _sort: str = "", _after: Sequence[Any] | None = None) -> Page[Alert]:
        """Everything unseen or still so, alarms first, then the newest."""
        with self._database.lookups.connection() as connection:
            flags = flag_rows.flags(connection, wanted.store, MOST)
            alerts = rows.alerts(connection, wanted.store, MOST)
        found = [*map(_of_alert, alerts), *(_of_flag(flag, self._store) for flag in flags)]
        kept = [each for each in found if _matches(each, wanted)]
        order = {"alarm": 0, "warning": 1, "note": 2}
        kept.sort(key=lambda each: (each.over, order[each.level], -each.at.timestamp(), each.id))
        return Page(tuple(kept), False)

    def count(self, wanted: AlertFilter) -> tuple[int, bool]:
        """How many there are."""
        return len(self.page(wanted).rows), False

    def put_away(self, alert: Alert) -> bool:
        """The manager has looked; False when somebody had already, or it cannot be put away."""
        kind, _, number = alert.id.partition(":")
        with self._database.sale.connection() as connection:
            if kind == "flag":
                return flag_rows.mark_seen(connection, int(number))
            return rows.alert_seen(connection, int(number))


def _matches(alert: Alert, wanted: AlertFilter) -> bool:
    till = t("Till {till}", till=alert.till)
    text = f"{alert.words.title} {alert.words.happened} {alert.about} {till}".casefold()
    return (not wanted.urgent or alert.level == "alarm") and all(
        word in text for word in wanted.words.casefold().split()
    )


def _of_flag(row: Mapping[str, Any], store: Store) -> Alert:
    level = "alarm" if row["alarm"] else "note" if row["kind"] in _QUIET else "warning"
    words = flag_words(row["kind"])
    if row["short"]:
        goods = [f"{each['name']} ({format_qty(each['on_hand'], each['unit'])})" for each in row["short"]]
        words = replace(words, happened=f"{words.happened.removesuffix('.')}: {', '.join(goods)}.")
    return Alert(
        f"flag:{row['id']}",
        level,
        words,
        row["till"] or 0,
        parse_utc(row["at"]),
        row["document"] or "",
        about=_about(row, store),
    )


def _about(row: Mapping[str, Any], store: Store) -> str:
    """The document a flag is about: number, cashier and total."""
    if row["no"] is None:
        return ""
    total = row["total"]
    amount = format_money(total, currency(store.currency)) if isinstance(total, int) else ""
    number = receipt_number(store.number, row["till"], row["epoch"], row["no"])
    return ", ".join(part for part in (number, row["cashier"] or "", amount) if part)


def _of_alert(row: Mapping[str, Any]) -> Alert:
    return Alert(
        f"alert:{row['id']}",
        row["severity"],
        alert_words(row["kind"], row["subject"] or "", row["detail"]),
        row["till"] or 0,
        parse_utc(row["raised_at"]),
        str(row["detail"].get("document", "")),
        row["times"],
        row["cleared_at"] is not None,
        row["seen_at"] is not None,
    )
