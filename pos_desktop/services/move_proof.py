"""Proves a move: counts and sums on both sides, each reckoned its own way; differences with their cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pos_desktop.database import old_sales
from pos_desktop.database.old_source import OldSource
from pos_desktop.database.till import Connection
from pos_desktop.domain.old_sale import Reading, exact, read_line
from pos_desktop.domain.old_shape import Fit


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not the same on both sides, and why. "" is for a cause nobody knows: look."""

    what: str
    source: str
    shop: str
    cause: str


def prove(
    owner: Connection, source: OldSource, found: Fit, reading: Reading, into: old_sales.Series
) -> Iterator[Difference]:
    """Compare the source with what the shop now has: days, tenders, goods, stock, prices, balances."""
    if "sales" in found.found:
        yield from _compare("day", _days(source, found, reading), old_sales.by_day(owner, into))
        yield from _compare("tender", _tenders(source, found, reading), old_sales.by_tender(owner, into))
        yield from _compare("sold", _goods(source, found, reading), old_sales.by_name(owner, into))
    if "items" in found.found:
        yield from _items(source, found, reading, old_sales.stock_by_key(owner, into))
    if "customers" in found.found:
        owed = {
            str(row["id"]): reading.money(row["balance"]) for row in source.rows(found.found["customers"])
        }
        taken = old_sales.balances(owner, into)
        yield from _compare(
            "customer", {k: (v,) for k, v in owed.items()}, {k: (v,) for k, v in taken.items()}
        )


def _compare(
    what: str, source: Mapping[Any, tuple[int, ...]], shop: Mapping[Any, tuple[int, ...]]
) -> Iterator[Difference]:
    for key in sorted({*source, *shop}, key=str):
        ours, theirs = shop.get(key), source.get(key)
        if ours != theirs:
            yield Difference(f"{what} {key}", str(theirs or "nothing"), str(ours or "nothing"), "")


def _days(source: OldSource, found: Fit, reading: Reading) -> dict[tuple[object, str], tuple[int, int, int]]:
    sums: dict[tuple[object, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in source.rows(found.found["sales"]):
        state = " ".join(str(row["state"] or "").split()).lower()
        figures = sums[(reading.day(reading.time(row["sold_at"])), state)]
        for place, amount in enumerate((1, reading.money(row["total"]), reading.money(row["tax"]))):
            figures[place] += amount
    return {key: (a, b, c) for key, (a, b, c) in sums.items()}


def _tenders(source: OldSource, found: Fit, reading: Reading) -> dict[str, tuple[int, int]]:
    """Payments where the source has them; a sale without any was paid by its method in one sum."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    paid = set()
    sales = {row["id"]: row for row in source.rows(found.found["sales"])}
    for row in source.rows(found.found["payments"]) if "payments" in found.found else ():
        if row["sale"] in sales:
            paid.add(row["sale"])
            _add(sums, str(row["kind"] or "unknown"), reading.money(row["amount"]))
    for key, row in sales.items():
        if key not in paid:
            _add(sums, str(row["method"] or "unknown"), reading.money(row["total"]))
    return {kind: (a, b) for kind, (a, b) in sums.items()}


def _add(sums: dict[str, list[int]], kind: str, amount: int) -> None:
    figures = sums[" ".join(kind.split())]
    figures[0] += 1
    figures[1] += amount


def _goods(source: OldSource, found: Fit, reading: Reading) -> dict[str, tuple[int, int, int]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    sales = {row["id"] for row in source.rows(found.found["sales"])}
    for row in source.rows(found.found["lines"]):
        if row["sale"] in sales:
            line = read_line(row, reading)
            for place, figure in enumerate((1, line.qty, line.amount)):
                sums[line.name][place] += figure
    return {name: (a, b, c) for name, (a, b, c) in sums.items()}


def _items(
    source: OldSource, found: Fit, reading: Reading, taken: Mapping[str, tuple[int, int]]
) -> Iterator[Difference]:
    for row in source.rows(found.found["items"]):
        key, name = str(row["id"]), f"item {row['id']} {row['name']}"
        stock, price = int(exact(row["stock"]) * 1000), reading.money(row["price"])
        ours = taken.get(key)
        if ours is None:
            yield Difference(
                name, "there", "nothing", "refused: its row and the reason are in the file of rejects"
            )
            continue
        if ours[0] != stock:
            cause = (
                "below zero: opening stock starts at 0; count it"
                if stock < 0
                else "the item had stock here already"
            )
            yield Difference(f"{name}, on hand", _thousandths(stock), _thousandths(ours[0]), cause)
        if reading.finer(row["price"]):
            yield Difference(
                f"{name}, price", str(row["price"]), str(ours[1]), "rounded to the currency's own digits"
            )
        elif ours[1] != price:
            yield Difference(f"{name}, price", str(price), str(ours[1]), "the item had a price here already")


def _thousandths(value: int) -> str:
    return f"{Decimal(value).scaleb(-3).normalize():f}"
