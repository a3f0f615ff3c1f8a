"""A small shop for tests: two stores, tills with logins, staff with known PIN secrets, a few items.

``make_shop(owner)`` fills a migrated database; ``TillClient`` behaves like a till without a window: it
numbers, chains and posts documents, and can be told to post wrong ones.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
import uuid
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from pos_desktop.database import staff as staff_rows
from pos_desktop.database import till as till_rows
from pos_desktop.domain.document import SALES, canonical, chain_hash, genesis, utc_text
from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.quantity import extend
from pos_desktop.domain.tax import Tax, tax_sale

Connection = psycopg.Connection[tuple[Any, ...]]

PASSWORD = "a till's secret"
CASHIER, SUPERVISOR, MANAGER, STRANGER = 1001, 1002, 1003, 1009
MILK, WINE, BANANAS, LAST, BREAD, OPEN_GROCERY, RECALLED = 1, 2, 3, 4, 5, 6, 7


def secret_of(number: int) -> bytes:
    """What a till sends as the PIN secret of a person made by :func:`make_shop` (no argon2 in the way)."""
    return hashlib.sha256(f"secret of {number}".encode()).digest()


@dataclass(frozen=True)
class ShopItem:
    """What a test needs to know of an item to sell it: price in minor units, rate in ppm."""

    id: int
    price: int
    price_version: int
    tax: str
    rate: int
    unit: str = "each"
    min_age: int | None = None
    code: str = ""


@dataclass
class Shop:
    """What :func:`make_shop` made. ``logins`` are till logins by till number of store 1."""

    logins: dict[int, str]
    items: dict[int, ShopItem]
    tax_mode: str
    currency: str = "GBP"
    stores: dict[int, int] = field(default_factory=dict)


_ITEMS: tuple[tuple[int, str, str, int, str, int | None, str, bool, bool, str], ...] = (
    # id, name, unit, price, tax, min_age, stock_policy, open_price, blocked, code
    (MILK, "Whole milk 2 l", "each", 165, "Z", None, "flag", False, False, "05010012345678"),
    (WINE, "Côtes du Rhône 75 cl", "each", 950, "S", 18, "flag", False, False, "05000328044842"),
    (BANANAS, "Bananas", "kg", 119, "Z", None, "flag", False, False, "4011"),
    (LAST, "Numbered print", "each", 2000, "S", None, "refuse", False, False, "PRINT-1"),
    (BREAD, "Rye bread", "each", 249, "R", None, "warn", False, False, "04006381333931"),
    (OPEN_GROCERY, "Grocery", "each", 0, "S", None, "flag", True, False, "GROCERY"),
    (RECALLED, "Recalled soup", "each", 120, "Z", None, "flag", False, True, "05010009999999"),
)
_RATES = {"S": 200000, "R": 50000, "Z": 0}


def make_shop(
    owner: Connection,
    *,
    tills: int = 2,
    tax_mode: str = "included",
    login: str | None = None,
    signed_in: bool = True,
    stock: int = 100,
) -> Shop:
    """Fill an empty migrated database.

    ``login`` is the stem of the till logins: unique, since roles belong to the whole cluster.
    """
    stem = login or f"till_{secrets.token_hex(4)}"
    with owner.transaction():
        stores = _stores(owner, tax_mode)
        logins = {}
        for number in range(1, tills + 1):
            logins[number] = f"{stem}_{number}"
            till_rows.enrol_till(owner, store=1, number=number, login=logins[number], password=PASSWORD)
        _people(owner, signed_in)
        items = _catalogue(owner)
        _opening_stock(owner, stores[1], stock)
    return Shop(logins, items, tax_mode, stores=stores)


def _stores(owner: Connection, tax_mode: str) -> dict[int, int]:
    for number, name in ((1, "Corner shop"), (2, "Harbour shop")):
        owner.execute(
            "insert into pos.store (number, name, currency, tax_mode, time_zone, header, footer)"
            " values (%s, %s, 'GBP', %s, 'Europe/London', %s, %s)",
            [number, name, tax_mode, [name, "1 High Street"], ["Thank you"]],
        )
    return dict(owner.execute("select number, id from pos.store").fetchall())


def _people(owner: Connection, signed_in: bool) -> None:
    people = (
        (CASHIER, "Ann", "cashier", [1]),
        (SUPERVISOR, "Bob", "supervisor", [1, 2]),
        (MANAGER, "Cleo", "manager", [1, 2]),
        (STRANGER, "Dan", "cashier", [2]),
    )
    for number, name, role, stores in people:
        staff_rows.add_staff(owner, number, name, role, stores)
        verifier = hashlib.sha256(secret_of(number)).digest()
        staff_rows.set_pin(owner, number, hashlib.sha256(name.encode()).digest()[:16], verifier)
    if signed_in:
        owner.execute(
            "insert into pos.session (till_id, staff, token_hash, until)"
            " select t.id, p.number, sha256('x'), now() + interval '12 hours'"
            " from pos.till t join pos.staff_store w on w.store_id = t.store_id"
            " join pos.staff p on p.number = w.staff"
        )


def _catalogue(owner: Connection) -> dict[int, ShopItem]:
    for code, rate in _RATES.items():
        owner.execute("insert into pos.tax (code, name) values (%s, %s)", [code, code])
        owner.execute(
            "insert into pos.tax_rate (tax, valid_from, rate) values (%s, '2000-01-01', %s)", [code, rate]
        )
    owner.execute("insert into pos.category (id, name) values (1, 'Grocery'), (2, 'Liquor')")
    items = {}
    for id_, name, unit, price, tax, age, policy, open_price, blocked, code in _ITEMS:
        owner.execute(
            "insert into pos.item"
            " (id, name, unit, category_id, tax, min_age, stock_policy, open_price, blocked, cost)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0.5)",
            [id_, name, unit, 2 if age else 1, tax, age, policy, open_price, blocked],
        )
        kind = "gtin" if len(code) == 14 else "plu" if code.isdigit() else "own"
        owner.execute(
            "insert into pos.item_code (code, item_id, kind) values (%s, %s, %s)", [code, id_, kind]
        )
        version = 0
        if not open_price:
            version = owner.execute(
                "insert into pos.price (item_id, amount, valid_from)"
                " values (%s, %s, now() - interval '1 day') returning id",
                [id_, price],
            ).fetchone()[0]  # type: ignore[index]
        items[id_] = ShopItem(id_, price, version, tax, _RATES[tax], unit, age, code)
    owner.execute("select setval(pg_get_serial_sequence('pos.item', 'id'), 1000)")
    return items


def _opening_stock(owner: Connection, store_id: int, stock: int) -> None:
    owner.execute(
        "with moved as (update pos.stock set on_hand = %s where store_id = %s and item_id <> %s returning *)"
        " insert into pos.movement (store_id, item_id, at, delta, balance, reason, by)"
        " select store_id, item_id, now(), on_hand, on_hand, 'opening', 'test' from moved where on_hand <> 0",
        [stock, store_id, OPEN_GROCERY],
    )


def uuid7() -> str:
    """A UUID of version 7, made here as a till makes it."""
    value = (
        (time.time_ns() // 1_000_000) << 80
        | 7 << 76
        | secrets.randbits(12) << 64
        | 2 << 62
        | secrets.randbits(62)
    )
    return str(uuid.UUID(int=value))


def line(item: ShopItem, qty: int = 1000, n: int = 1, **changes: Any) -> dict[str, Any]:
    """A right line of a sale; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "n": n,
        "item": item.id,
        "code": item.code,
        "name": f"item {item.id}",
        "unit": item.unit,
        "qty": qty,
        "price": item.price,
        "price_version": item.price_version,
        "amount": extend(item.price, qty),
        "tax": item.tax,
        "flags": [],
    }
    if item.min_age is not None:
        fields["min_age"] = item.min_age
    return {**fields, **changes}


def taxes_of(lines: list[dict[str, Any]], mode: str) -> list[dict[str, Any]]:
    """The right taxes of these lines at the shop's rates."""
    sold = [((Tax(part["tax"], _RATES[part["tax"]]),), part.get("net", part["amount"])) for part in lines]
    return [
        {"code": row.code, "rate": row.rate, "net": row.net, "tax": row.tax, "gross": row.gross}
        for row in tax_sale(sold, "added" if mode == "added" else "included").taxes
    ]


def cash(total: int, given: int | None = None) -> list[dict[str, Any]]:
    """Cash tenders for ``total``, with change when more was given."""
    if total == 0:
        return []
    given = total if given is None else given
    rows: list[dict[str, Any]] = [{"n": 1, "kind": "cash", "amount": given}]
    if given > total:
        rows.append({"n": 2, "kind": "cash", "amount": total - given, "change": 1})
    return rows


def card(total: int) -> list[dict[str, Any]]:
    """One card tender."""
    return [{"n": 1, "kind": "card", "amount": total, "ref": "slip 0042"}]


class TillClient:
    """A till without a window: numbers, chains and posts documents over its own connection."""

    def __init__(self, shop: Shop, connection: Connection, number: int = 1, store: int = 1) -> None:
        self.shop, self.connection, self.number, self.store = shop, connection, number, store
        self.epoch, self.no, self.grand = 1, 1, 0
        self.head = genesis(store, number, 1)
        self.shift = ""
        self.cashier = CASHIER
        self.last: tuple[bytes, bytes] = (b"", b"")

    def common(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The fields every document has, at this till's place in its chain."""
        return {
            "v": 1, "kind": kind, "store": self.store, "till": self.number, "epoch": self.epoch,
            "no": self.no, "id": uuid7(), "prev": self.head.hex(), "at": utc_text(datetime.now(UTC)),
            "offset_ms": 0,
            "shift": self.shift, "cashier": self.cashier, "grand": self.grand, "flags": [], **fields,
        }  # fmt: skip

    def sale(self, lines: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
        """A right sale of these lines, paid in cash unless told otherwise."""
        taxes = taxes_of(lines, self.shop.tax_mode)
        total = sum(row["gross"] for row in taxes)
        fields = {
            "sale": uuid7(), "tax_mode": self.shop.tax_mode, "currency": self.shop.currency, "lines": lines,
            "taxes": taxes,
            "tenders": cash(total), "total": total, "checks": [], "approvals": [],
            "grand": self.grand + total,
        }  # fmt: skip
        return self.common("sale", **{**fields, **changes})

    def freeze(self, fields: dict[str, Any]) -> tuple[bytes, bytes]:
        """Canonical bytes and hash at the present head."""
        body = canonical(fields)
        return body, chain_hash(self.head, body)

    def post(self, fields: dict[str, Any], stands: str = "") -> till_rows.Answer:
        """Post a document; the chain goes on when it was stored. Approvers enter their PIN."""
        return self.post_bytes(*self.freeze(self.signed(fields)), stands)

    def signed(
        self, fields: dict[str, Any], people: Container[int] = (CASHIER, SUPERVISOR, MANAGER)
    ) -> dict[str, Any]:
        """The document with its approvals entered here, by those of ``people``, that have no id yet."""
        if not fields.get("approvals"):
            return fields
        named = [a if "id" in a or a["by"] not in people else self._entered(a) for a in fields["approvals"]]
        return {**fields, "approvals": named}

    def _entered(self, told: dict[str, Any]) -> dict[str, Any]:
        by = told["by"]
        entry = staff_rows.sign_in(self.connection, by, secret_of(by), told["what"], "what stood there")
        return {**told, "id": entry.approval} if entry.approval else told

    def post_bytes(self, body: bytes, hash_: bytes, stands: str = "") -> till_rows.Answer:
        """Post bytes as they are."""
        answer = till_rows.post_document(self.connection, body, hash_, stands)
        if answer.stored and not answer.replayed:
            self.no, self.head, self.last = self.no + 1, hash_, (body, hash_)
            fields = json.loads(body)
            if answer.outcome != "refused":
                self.grand += fields["total"] if fields["kind"] in SALES else 0
        return answer

    def open_shift(self, float_: int = 10000) -> till_rows.Answer:
        """Open this till's shift for today."""
        fields = self.common("shift_open", drawer=self.number, float=float_)
        fields["shift"] = fields["id"]
        row = self.connection.execute("select (now() at time zone 'Europe/London')::date::text").fetchone()
        assert row is not None
        fields["business_date"] = row[0]
        answer = self.post(fields)
        if answer.outcome != "refused":
            self.shift = fields["id"]
        return answer


def connect(dsn: str) -> Connection:
    """An autocommit connection."""
    return psycopg.connect(dsn, autocommit=True)


def half_up(numerator: int, denominator: int) -> int:
    """The program's one rounding, for tests that compute sums of their own."""
    return divide_half_up(numerator, denominator)
