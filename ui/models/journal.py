"""The columns of the journal and of the inbox."""

from __future__ import annotations

from datetime import datetime, tzinfo

from pos_desktop.domain.calendar_words import short_month
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.services.manager_alerts import Alert
from pos_desktop.services.manager_journal import Entry
from pos_desktop.words import WordTable, later, t
from ui.models.columns import Column
from ui.theme import Layout
from ui.widgets.labels import State
from ui.widgets.table import Pill

OUTCOMES = WordTable({"booked": "Booked", "flagged": "Flagged", "refused": "Refused"})
"""What the server made of a document, in words."""
_OUTCOME_LOOKS = {
    "booked": ("good", "check"),
    "flagged": ("warn", "triangle-alert"),
    "refused": ("danger", "circle-alert"),
}
CHIPS: dict[str, State] = {
    "good": "good",
    "warn": "warn",
    "danger": "danger",
    "accent": "accent",
    "neutral": "neutral",
}
"""A pill's look as a chip's."""
_LEVELS = WordTable({"alarm": "Alarm", "warning": "Warning", "note": "Note @level"})
_LEVEL_LOOKS = {
    "alarm": ("danger", "circle-alert"),
    "warning": ("warn", "triangle-alert"),
    "note": ("accent", "info"),
}


def moment(at: datetime, zone: tzinfo) -> str:
    """``22 Nov 14:03`` on the store's clock."""
    local = at.astimezone(zone)
    return t("{day} {month} {time}", day=local.day, month=short_month(local), time=f"{local:%H:%M}")


def exact(at: datetime, zone: tzinfo) -> str:
    """A time as a spreadsheet sorts it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def journal_columns(money: Currency, zone: tzinfo) -> tuple[Column, ...]:
    """What the journal shows of a document."""
    return (
        Column("number", later("Number"), 180, lambda e: str(e.number), strong=True),
        Column(
            "at",
            later("Time"),
            118,
            lambda e: moment(e.at, zone),
            plain=lambda e: exact(e.at, zone),
            sort="id",
        ),
        Column("kind", later("Kind"), 128, lambda e: str(e.title), since=Layout.WIDE),
        Column("what", later("What"), 210, lambda e: str(e.what), since=Layout.NORMAL, roomy=420),
        Column("cashier", later("Cashier"), 120, lambda e: str(e.cashier), since=Layout.NORMAL, roomy=160),
        Column("till", later("Till"), 60, lambda e: str(e.till), number=True, since=Layout.WIDE),
        Column("total", later("Total"), 100, lambda e: _total(e, money), number=True, strong=True),
        Column("outcome", later("State"), 112, lambda e: OUTCOMES[e.outcome], pill=_outcome),
        Column(
            "flags", later("Flags"), 160, lambda e: ", ".join((*e.flags, e.reason)).strip(", "), since=None
        ),
    )


def _total(entry: Entry, money: Currency) -> str:
    return "" if entry.total is None else format_amount(entry.total, money)


def outcome(name: str) -> Pill:
    """What the server made of a document, in words, colour and shape."""
    return Pill(OUTCOMES[name], *_OUTCOME_LOOKS[name])


def _outcome(entry: Entry) -> Pill:
    return outcome(entry.outcome)


def level(alert: Alert) -> Pill:
    """How urgent it is, in words, colour and shape."""
    if alert.over:
        return Pill(t("Over @no longer so"), "neutral", "check")
    return Pill(_LEVELS[alert.level], *_LEVEL_LOOKS[alert.level])


def _happened(alert: Alert) -> str:
    text = alert.words.happened
    return text if len(text) <= 90 else f"{text[:87].rsplit(' ', 1)[0]} …"


def where(alert: Alert) -> str:
    """The till it is about, or the server."""
    return t("Till {till}", till=alert.till) if alert.till else t("Server")


def alert_columns(zone: tzinfo) -> tuple[Column, ...]:
    """What the inbox shows of each thing that needs the manager."""
    return (
        Column("title", later("What needs you"), 220, lambda a: str(a.words.title), strong=True),
        Column("level", later("Level"), 112, lambda a: level(a).text, pill=level),
        Column("till", later("Where"), 92, where),
        Column(
            "at",
            later("Since"),
            118,
            lambda a: moment(a.at, zone),
            plain=lambda a: exact(a.at, zone),
            since=Layout.NORMAL,
        ),
        Column("about", later("About"), 240, lambda a: str(a.about), since=Layout.WIDE, roomy=300),
        Column("happened", later("What happened"), 300, _happened, since=Layout.NORMAL, roomy=360),
        Column("todo", later("What to do"), 260, lambda a: str(a.words.todo), since=Layout.WIDE, roomy=300),
    )
