"""The columns of the journal and of the inbox."""

from __future__ import annotations

from datetime import datetime, tzinfo

from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.services.manager_alerts import Alert
from pos_desktop.services.manager_journal import Entry
from ui.models.columns import Column
from ui.theme import Layout
from ui.widgets.table import Pill

OUTCOMES = {
    "booked": Pill("Booked", "good", "check"),
    "flagged": Pill("Flagged", "warn", "triangle-alert"),
    "refused": Pill("Refused", "danger", "circle-alert"),
}
LEVELS = {
    "alarm": Pill("Alarm", "danger", "circle-alert"),
    "warning": Pill("Warning", "warn", "triangle-alert"),
    "note": Pill("Note", "accent", "info"),
}
OVER = Pill("Over", "neutral", "check")


def moment(at: datetime, zone: tzinfo) -> str:
    """``22 Nov 14:03`` on the store's clock."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %H:%M}"


def exact(at: datetime, zone: tzinfo) -> str:
    """A time as a spreadsheet sorts it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def journal_columns(money: Currency, zone: tzinfo) -> tuple[Column, ...]:
    """What the journal shows of a document."""
    return (
        Column("number", "Number", 180, lambda e: str(e.number), strong=True),
        Column("at", "Time", 118, lambda e: moment(e.at, zone), plain=lambda e: exact(e.at, zone), sort="id"),
        Column("kind", "Kind", 128, lambda e: str(e.title), since=Layout.WIDE),
        Column("what", "What", 210, lambda e: str(e.what), since=Layout.NORMAL, roomy=420),
        Column("cashier", "Cashier", 120, lambda e: str(e.cashier), since=Layout.NORMAL, roomy=160),
        Column("till", "Till", 60, lambda e: str(e.till), number=True, since=Layout.WIDE),
        Column("total", "Total", 100, lambda e: _total(e, money), number=True, strong=True),
        Column("outcome", "State", 112, lambda e: _outcome(e).text, pill=_outcome),
        Column("flags", "Flags", 160, lambda e: ", ".join((*e.flags, e.reason)).strip(", "), since=None),
    )


def _total(entry: Entry, money: Currency) -> str:
    return "" if entry.total is None else format_amount(entry.total, money)


def _outcome(entry: Entry) -> Pill:
    return OUTCOMES[entry.outcome]


def level(alert: Alert) -> Pill:
    """How urgent it is, in words, colour and shape."""
    return OVER if alert.over else LEVELS[alert.level]


def _happened(alert: Alert) -> str:
    text = alert.words.happened
    return text if len(text) <= 90 else f"{text[:87].rsplit(' ', 1)[0]} …"


def alert_columns(zone: tzinfo) -> tuple[Column, ...]:
    """What the inbox shows of each thing that needs the manager."""
    return (
        Column("title", "What needs you", 220, lambda a: str(a.words.title), strong=True),
        Column("level", "Level", 112, lambda a: level(a).text, pill=level),
        Column("till", "Where", 92, lambda a: f"Till {a.till}" if a.till else "Server"),
        Column(
            "at",
            "Since",
            118,
            lambda a: moment(a.at, zone),
            plain=lambda a: exact(a.at, zone),
            since=Layout.NORMAL,
        ),
        Column("about", "About", 240, lambda a: str(a.about), since=Layout.WIDE, roomy=300),
        Column("happened", "What happened", 300, _happened, since=Layout.NORMAL, roomy=360),
        Column("todo", "What to do", 260, lambda a: str(a.words.todo), since=Layout.WIDE, roomy=300),
    )
