"""The shelf price of an item: by the customer's level, the store, the day and hour, and the quantity bought.

Of each level's rows the most particular one speaks; of the levels a customer has, the lowest price counts.
docs/promotions.md has the rules in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pos_desktop.domain.promotion import ALWAYS, Ask, When
from pos_desktop.domain.quantity import ONE

STANDARD = ""
"""The level everybody has."""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of an item, minor units a unit. ``least`` thousandths bought in the sale make it count.

    ``level`` is a group of customers (empty: everybody), ``store`` 0 all stores. ``when`` holds days,
    weekdays and hours; ``version`` tells rows apart and names the price in the record.
    """

    item: int
    price: int
    version: int
    level: str = STANDARD
    store: int = 0
    when: When = ALWAYS
    least: int = 0

    def __post_init__(self) -> None:
        if self.price < 0 or self.least < 0:
            raise ValueError("a price and its least quantity are not below zero")

    def speaks(self, ask: Ask, qty: int) -> bool:
        """Whether it holds at this time, here, for so many thousandths."""
        return self.store in (0, ask.store) and self.least <= qty and self.when.has(ask.at)


def shelf_price(rows: Iterable[PriceRow], ask: Ask, qty: int = ONE) -> PriceRow | None:
    """The row whose price counts for ``qty`` thousandths of one item in the sale, or None when none speaks.

    For each level that the customer has (``Ask.customers``, and the standard one): rows of the store before
    those of all stores, for hours or weekdays before those for whole days, with an end before those without,
    the larger least quantity first, then the later start, then the later version. Then the lowest of the
    levels' prices; the standard level's where they are equal.
    """
    speaking = [row for row in rows if row.speaks(ask, qty)]
    levels = {row.level for row in speaking} & {STANDARD, *ask.customers}
    best = [max((row for row in speaking if row.level == level), key=_particular) for level in levels]
    return min(best, key=lambda row: (row.price, row.level), default=None)


def _particular(row: PriceRow) -> tuple[bool, bool, bool, int, int, int]:
    when = row.when
    timed = when.since != when.until or len(when.weekdays) < 7
    start = when.start.toordinal() if when.start is not None else 0
    return (row.store != 0, timed, when.end is not None, row.least, start, row.version)


def priced(
    bought: Sequence[tuple[int, int]], rows: Mapping[int, Sequence[PriceRow]], ask: Ask
) -> tuple[PriceRow | None, ...]:
    """The row for each line of (item, thousandths): quantities of one item count together, in any order."""
    sums: dict[int, int] = {}
    for item, qty in bought:
        sums[item] = sums.get(item, 0) + qty
    chosen = {item: shelf_price(rows.get(item, ()), ask, qty) for item, qty in sums.items()}
    return tuple(chosen[item] for item, _ in bought)


def lower(frozen: int, now: int | None) -> tuple[int, bool]:
    """The price that counts when it moved between scan and pay, and whether the line has to say so.

    ``frozen`` is the price at the scan, ``now`` the price at pay (None: there is none). The lower counts.
    """
    return (frozen, False) if now is None or now >= frozen else (now, True)
