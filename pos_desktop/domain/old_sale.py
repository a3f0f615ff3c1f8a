"""A sale of the program before ours: its values made exact, written as one canonical, chained record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from pos_desktop.domain.document import canonical, chain_hash, utc_text
from pos_desktop.domain.old_shape import Shape

Raw = Mapping[str, Any]
"""A row as the source's driver gives it: whole numbers, floats, text, None."""


class OldValueError(ValueError):
    """A value of the source that is no amount, number or time; the text says which."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source keeps money and time, and the shop they come into."""

    shape: Shape
    digits: int
    zone: tzinfo

    def money(self, value: Any) -> int:
        """Minor units; what is finer than the currency is rounded half up. None is 0."""
        return int(self._scaled(value).quantize(Decimal(1), ROUND_HALF_UP))

    def finer(self, value: Any) -> bool:
        """Whether an amount has more digits than the currency, so that :meth:`money` rounds it."""
        return self._scaled(value) % 1 != 0

    def _scaled(self, value: Any) -> Decimal:
        number = exact(value)
        return number if self.shape.money == "minor" else number.scaleb(self.digits)

    def time(self, value: Any) -> datetime:
        """An aware UTC time. OldValueError for what is no time."""
        if value is None or value == "":
            raise OldValueError("the time is missing")
        try:
            if self.shape.time == "text" and not isinstance(value, (int, float)):
                at = datetime.fromisoformat(str(value).strip().replace(" UTC", "+00:00"))
                if at.tzinfo is None:
                    at = at.replace(tzinfo=UTC if self.shape.zone == "UTC" else self.zone)
                return at.astimezone(UTC)
            per = 1000 if self.shape.time == "ms" else 1
            return datetime.fromtimestamp(float(exact(value) / per), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise OldValueError(f"{value!r} is no time") from error

    def day(self, at: datetime) -> date:
        """The day by the shop's clock."""
        return at.astimezone(self.zone).date()


def exact(value: Any) -> Decimal:
    """The number somebody typed: a float is taken by its shortest form, so 0.1 is 0.1. None is 0."""
    if value is None or value == "":
        return Decimal(0)
    try:
        number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except InvalidOperation as error:
        raise OldValueError(f"{value!r} is no number") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise OldValueError(f"{value!r} is no number a shop has")
    return number


@dataclass(frozen=True, slots=True)
class OldLine:
    """``qty`` in thousandths, ``amount`` in minor units; ``item`` is the source's own key or ""."""

    item: str
    name: str
    qty: int
    amount: int


@dataclass(frozen=True, slots=True)
class OldSale:
    """A sale as the source had it, exact. ``payments`` are (kind, minor units)."""

    key: str
    at: datetime
    day: date
    total: int
    tax: int
    discount: int
    state: str
    cashier: str
    customer: str
    lines: tuple[OldLine, ...]
    payments: tuple[tuple[str, int], ...]


def read_sale(row: Raw, lines: Iterable[Raw], payments: Sequence[Raw], reading: Reading) -> OldSale:
    """One sale with its lines and payments. OldValueError says which value will not do.

    Without payments of its own a sale was paid by its ``method`` in one sum.
    """
    at = reading.time(row["sold_at"])
    total = reading.money(row["total"])
    paid = tuple((_word(one["kind"]) or "unknown", reading.money(one["amount"])) for one in payments)
    return OldSale(
        key=str(row["id"]),
        at=at,
        day=reading.day(at),
        total=total,
        tax=reading.money(row["tax"]),
        discount=reading.money(row["discount"]),
        state=_word(row["state"]).lower(),
        cashier=_word(row["cashier"]),
        customer=_word(row["customer"]),
        lines=tuple(read_line(line, reading) for line in lines),
        payments=paid or ((_word(row["method"]) or "unknown", total),),
    )


def read_line(row: Raw, reading: Reading) -> OldLine:
    """A line; without an amount of its own it is price times quantity, rounded half up once."""
    qty = exact(row["qty"])
    thousandths = int((qty * 1000).quantize(Decimal(1), ROUND_HALF_UP))
    if row["amount"] is not None:
        amount = reading.money(row["amount"])
    else:
        amount = reading.money(exact(row["price"]) * qty)
    item = "" if row["item"] is None else str(row["item"])
    return OldLine(item, _word(row["name"]) or item or "?", thousandths, amount)


def _word(value: Any) -> str:
    return "" if value is None else " ".join(str(value).replace("\0", " ").split())[:200]


def series_head(store: int, source: str) -> bytes:
    """The hash before the first sale of a source: its name."""
    return hashlib.sha256(f"pos_desktop/1 store {store} old sales of {source}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Chained:
    """A sale with its place in the series: number, the hash before it, its bytes and its own hash."""

    no: int
    sale: OldSale
    prev: bytes
    body: bytes
    hash: bytes


def chained(sale: OldSale, store: int, source: str, no: int, prev: bytes) -> Chained:
    """The record of ``sale`` as number ``no`` of its source."""
    lines = [
        {"n": n, "name": line.name, "qty": line.qty, "amount": line.amount}
        | ({"item": line.item} if line.item else {})
        for n, line in enumerate(sale.lines, 1)
    ]
    tenders = [{"n": n, "kind": kind, "amount": amount} for n, (kind, amount) in enumerate(sale.payments, 1)]
    said = {"cashier": sale.cashier, "customer": sale.customer, "state": sale.state}
    body = canonical(
        {
            "v": 1, "kind": "old_sale", "store": store, "source": source, "no": no, "key": sale.key,
            "at": utc_text(sale.at), "total": sale.total, "tax": sale.tax, "discount": sale.discount,
            "lines": lines, "tenders": tenders, "prev": prev.hex(),
            **{name: text for name, text in said.items() if text},
        }
    )  # fmt: skip
    return Chained(no, sale, prev, body, chain_hash(prev, body))
