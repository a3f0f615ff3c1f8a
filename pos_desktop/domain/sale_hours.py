"""Hours in which goods may not be sold: by weekday or date, past midnight, and when they open again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

FARTHEST = timedelta(days=15)
"""How far the next hour of sale is looked for; goods shut longer than this are shut for good."""

_DAY = timedelta(days=1)

Window: TypeAlias = tuple[datetime, datetime]
"""From (included) until (not included), by the shop's clock, without a zone."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One row of the law: not from ``since`` until ``until``, by the shop's clock, on its days.

    ``weekdays`` count from 1 (Monday) to 7. On a date that any row names, only the rows naming it count: so a
    holiday has hours of its own. ``until`` not after ``since`` is on the next day; equal times: a whole day.
    Without times nothing is forbidden on its dates.
    """

    weekdays: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()
    since: time | None = None
    until: time | None = None

    def window(self, day: date) -> Window | None:
        """The hours that begin on ``day``; None when the row lifts the ban."""
        if self.since is None or self.until is None:
            return None
        start, end = datetime.combine(day, self.since), datetime.combine(day, self.until)
        return (start, end) if start < end else (start, end + _DAY)


def read_hours(row: Mapping[str, Any]) -> Hours:
    """A row as the server sends it: ``weekdays``, ``dates``, ``since`` and ``until`` as ``22:00``."""
    since, until = row.get("since"), row.get("until")
    return Hours(
        frozenset(int(day) for day in row.get("weekdays") or ()),
        frozenset(date.fromisoformat(str(day)) for day in row.get("dates") or ()),
        time.fromisoformat(str(since)) if since else None,
        time.fromisoformat(str(until)) if until else None,
    )


def shut_until(rows: Sequence[Hours], at: datetime) -> datetime | None:
    """When goods shut at ``at`` (the shop's clock, no zone) may be sold again; None: they may be now.

    Hours that touch are one: shut until midnight and from midnight until 8 is until 8. A night belongs to the
    evening it began, also when the next day has hours of its own.
    """
    end, limit = at, at + FARTHEST
    while end < limit:
        later = [until for since, until in _around(rows, end) if since <= end < until]
        if not later:
            break
        end = max(later)
    return end if end > at else None


def shuts_at(rows: Sequence[Hours], at: datetime, within: timedelta) -> datetime | None:
    """When goods that may be sold at ``at`` (the shop's clock) shut, if that is ``within`` so long."""
    if shut_until(rows, at) is not None:
        return None
    ahead = [
        since for since, _ in _windows(rows, at.date(), (at + within).date()) if at < since <= at + within
    ]
    return min(ahead, default=None)


def _around(rows: Sequence[Hours], at: datetime) -> Iterator[Window]:
    return _windows(rows, at.date() - _DAY, at.date())


def _windows(rows: Sequence[Hours], first: date, last: date) -> Iterator[Window]:
    day = first
    while day <= last:
        for row in _rows_of(rows, day):
            window = row.window(day)
            if window is not None:
                yield window
        day += _DAY


def _rows_of(rows: Sequence[Hours], day: date) -> Iterable[Hours]:
    named = [row for row in rows if day in row.dates]
    return named or [row for row in rows if day.isoweekday() in row.weekdays]
