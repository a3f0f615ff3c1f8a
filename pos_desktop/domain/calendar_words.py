"""Days and months by name, in the language in use and not in the machine's."""

from __future__ import annotations

from datetime import date
from typing import Final

from pos_desktop.words import later_all, t

_MONTHS: Final = later_all(
    (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
)
_SHORT_MONTHS: Final = later_all(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
)
_DAYS: Final = later_all(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_SHORT_DAYS: Final = later_all(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


def month(day: date) -> str:
    """The month's name: ``November``."""
    return t(_MONTHS[day.month - 1])


def short_month(day: date) -> str:
    """The month in three letters or so: ``Nov``."""
    return t(_SHORT_MONTHS[day.month - 1])


def weekday(day: date) -> str:
    """The day of the week: ``Sunday``."""
    return t(_DAYS[day.weekday()])


def short_weekday(day: date) -> str:
    """The day of the week in three letters or so: ``Sun``."""
    return t(_SHORT_DAYS[day.weekday()])
