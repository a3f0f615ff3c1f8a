"""The inspector's report: age checks, refusals, approvals and what the law stopped, as rows of words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pos_desktop.database.law import LawRow, LawRows, law_rows, manager_law_rows, staff_names
from pos_desktop.database.till import Connection
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.domain.spreadsheet import csv_line
from pos_desktop.words import WordTable, later_all, t

HEADINGS = later_all(
    (
        *("Date", "Time", "Till", "Document", "Staff", "Name", "What", "Age"),
        *("Result", "Method", "Allowed by", "Goods"),
    )
)

WHAT = WordTable(
    {
        "check": "age check",
        "refusal": "refused",
        "approval": "allowed by another",
        "flagged": "sold against the law",
        "stopped": "stopped by the server",
    }
)
RESULTS = WordTable(
    {
        "id_checked": "ID checked, old enough",
        "clearly_over": "clearly over the challenge age",
        "refused": "not sold",
        "serve_under_age": "sale by staff under age",
        "blocked": "recalled or blocked item",
        "age_unchecked": "no age check",
        "hours": "outside the hours of sale",
        "limit": "over the limit of one sale",
        "lowest_price": "below the lowest price",
        "under_age": "staff under age, nobody allowed it",
    }
)
METHODS = WordTable({"seen": "by eye", "typed": "date typed", "scanned": "ID scanned", "": ""})


@dataclass(frozen=True, slots=True)
class LawReport:
    """The report of a store: days by its clock, both included, and the rows as they are read."""

    store: str
    since: date
    until: date
    rows: tuple[tuple[str, ...], ...]
    counts: tuple[tuple[str, int], ...]


def law_report(connection: Connection, store: int, since: date, until: date) -> LawReport:
    """Everything between two days (both included) of a store's clock, as the owner reads it.

    LookupError when there is no such store.
    """
    told = law_rows(connection, store, since, until)
    if told is None:
        raise LookupError(f"store {store}")
    return _report(told, staff_names(connection), store, since, until)


def manager_law_report(connection: Connection, store: int, since: date, until: date) -> LawReport:
    """The same for a manager of the store; LookupError when it is not granted."""
    told = manager_law_rows(connection, store, since, until)
    if told is None:
        raise LookupError(f"store {store}")
    return _report(*told, store, since, until)


def _report(told: LawRows, names: Mapping[int, str], store: int, since: date, until: date) -> LawReport:
    zone = ZoneInfo(told.time_zone)
    rows = tuple(_words(row, store, names, zone) for row in told.rows)
    counts = tuple((words, sum(row.what == what for row in told.rows)) for what, words in WHAT.items())
    return LawReport(told.store, since, until, rows, counts)


def _words(row: LawRow, store: int, names: Mapping[int, str], zone: ZoneInfo) -> tuple[str, ...]:
    local = row.at.astimezone(zone)
    allowed = f"{row.allowed_by} {names.get(row.allowed_by, '')}".strip() if row.allowed_by else ""
    return (
        f"{local:%Y-%m-%d}",
        f"{local:%H:%M:%S}",
        str(row.till),
        receipt_number(store, row.till, row.epoch, row.no),
        str(row.who),
        names.get(row.who, ""),
        WHAT[row.what],
        str(row.min_age or ""),
        RESULTS.get(row.result, row.result),
        METHODS.get(row.method, row.method),
        allowed,
        row.goods,
    )


def csv_lines(report: LawReport, delimiter: str = ",") -> Iterator[str]:
    """The report as a CSV file for a spreadsheet, the heading first."""
    yield csv_line([t(name) for name in HEADINGS], delimiter)
    for row in report.rows:
        yield csv_line(list(row), delimiter)
