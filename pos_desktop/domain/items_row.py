"""One item as it comes in from a list: the checked row, the refused row, and what each column may hold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

COLUMNS = (
    "codes",
    "name",
    "price",
    "category",
    "unit",
    "plu",
    "cost",
    "tax",
    "stock",
    "min_age",
    "strength",
    "volume",
    "supplier",
)
"""Our own headings, in the order we write them; only the first three have to be there."""

NEEDED = COLUMNS[:3]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row that may go in. What is ``None`` was not said: an item on file keeps it, a new one has a default.

    ``codes`` are canonical (see ``domain.barcode``), ``price`` is in minor units, ``cost`` in whole
    currency with up to six decimals, ``stock`` in thousandths, ``strength`` in hundredths of a per cent
    by volume, ``volume`` in millilitres, ``tax`` the code of a rate.
    """

    line: int
    codes: tuple[str, ...]
    name: str
    price: int
    category: str | None = None
    unit: str | None = None
    plu: str | None = None
    cost: Decimal | None = None
    tax: str | None = None
    stock: int | None = None
    min_age: int | None = None
    strength: int | None = None
    volume: int | None = None
    supplier: str | None = None


@dataclass(frozen=True, slots=True)
class RowReject:
    """A row that did not go in: its line in the file (the heading is line 1), the column, and why."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax rate an imported row may name by its code or its percentage (``rate`` in parts per million)."""

    code: str
    rate: int


class ListProblemError(ValueError):
    """The list as a whole cannot be read; the text says what is wrong and what to do next."""
