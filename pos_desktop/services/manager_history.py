"""What happened to an item in a store: its prices, its movements, and what was sold of it by the week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pos_desktop.database import manager_journal as rows
from pos_desktop.domain.document import parse_utc
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.words import WordTable

SHOWN = 100
REASONS = WordTable(
    {
        "sale": "Sold",
        "refund": "Brought back",
        "opening": "Opening stock",
        "import": "Imported",
        "waste": "Waste",
        "damaged": "Damaged",
        "stocktake": "Stocktake",
        "found": "Found",
        "other": "Other",
    }
)


@dataclass(frozen=True, slots=True)
class PriceThen:
    """A price from a moment on, minor units; ``every_store`` when it was set for all of them."""

    amount: int
    since: datetime
    every_store: bool
    who: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement of stock: thousandths, what was on hand after it, and the document behind it, if any."""

    id: int
    at: datetime
    delta: int
    balance: int
    reason: str
    note: str
    who: str
    document: str

    @property
    def words(self) -> str:
        """The reason in words."""
        return REASONS.get(self.reason, self.reason.replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class History:
    """Newest first; weeks oldest first, thousandths sold in the week of each Monday."""

    prices: tuple[PriceThen, ...]
    movements: tuple[Moved, ...]
    weeks: tuple[tuple[date, int], ...]


def item_history(desk: ManagerDesk, store: int, item: int, before: int | None = None) -> History:
    """The history of an item; ``before`` a movement's id gives the movements further back."""
    with desk.database.lookups.connection() as connection:
        found = rows.item_history(connection, store, item, before, SHOWN)
    return History(
        tuple(
            PriceThen(row["amount"], parse_utc(row["from"]), bool(row["all"]), row["who"])
            for row in found["prices"]
        ),
        tuple(
            Moved(
                row["id"],
                parse_utc(row["at"]),
                row["delta"],
                row["balance"],
                row["reason"],
                row["note"],
                row["who"],
                row["document"] or "",
            )
            for row in found["movements"]
        ),
        tuple((date.fromisoformat(row["monday"]), row["sold"]) for row in found["weeks"]),
    )
