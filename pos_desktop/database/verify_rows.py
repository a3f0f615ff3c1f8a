"""What the tables must hold for a document, derived again from its bytes alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from pos_desktop.domain.document import Fields, parse_utc

Rows = dict[str, Any]

ROWS = (
    *("sale", "lines", "taxes", "payments", "entries", "codes", "moves", "coupons", "returned"),
    *("cases", "deposits", "paid_back", "cash", "event", "opened", "closed", "points", "received"),
)

UNKEPT_WHEN_REFUSED = ("kind", "sale_id", "shift_id", "cashier", "at")
"""Columns that a refused document may lack: its own may be nonsense."""

HERE = True
"""A row's store, till and time are those of its document: compared where the rows are read."""


def columns_of(fields: Fields) -> Rows:
    """The columns a document's own row must have."""
    return {
        "id": fields["id"],
        "kind": fields["kind"],
        "sale_id": fields.get("sale"),
        "shift_id": fields["shift"],
        "cashier": fields["cashier"],
        "at": parse_utc(fields["at"]),
    }


def rows_of(fields: Fields, business_date: str | None, flags: Collection[str] = ()) -> Rows:
    """The rows a booked document must have, by table, as lists in the order of their keys.

    ``flags`` are the server's. A basket that another till had sold already is a sale under its document's id.
    """
    if "already_sold" in flags:
        fields = {**fields, "sale": fields["id"]}
    return _KINDS[fields["kind"]](fields, business_date)


def _sale(fields: Fields, business_date: str | None) -> Rows:
    taxes = fields["taxes"]
    tax, total = sum(row["tax"] for row in taxes), fields["total"]
    sums = [total - tax, tax, total, fields.get("rounding", 0), fields.get("exempt", {}).get("certificate")]
    return {
        "sale": [fields["sale"], fields["shift"], fields["cashier"], business_date, *sums, HERE],
        "lines": sorted(
            [
                line["n"], line["item"], line.get("code"), line["qty"], line["price"],
                line["price_version"], line["amount"], line["tax"], _off(line, "given"),
                _off(line, "discounts"), HERE,
            ]
            for line in fields["lines"]
        ),
        "taxes": sorted([tax[name] for name in ("code", "rate", "net", "tax", "gross")] for tax in taxes),
        "payments": _payments(fields) or None,
        "entries": _entries(fields) or None,
        "points": _points(fields),
        "codes": codes_of(fields) or None,
        "moves": _moves(fields) or None,
        "paid_back": sorted([each["n"], each["back"]] for each in fields["tenders"] if "back" in each)
        or None,
        "coupons": sorted([each["code"], each["promotion"]] for each in fields.get("coupons", ())) or None,
        **_of_lines(fields["lines"]),
    }  # fmt: skip


def _moves(fields: Fields) -> list[list[Any]]:
    """What left the shelf, or came back to it: a case is its singles, and waste is neither."""
    moves: dict[int, int] = {}
    for line in fields["lines"]:
        if line.get("back", {}).get("to") != "waste":
            item = line.get("single", line["item"])
            moves[item] = moves.get(item, 0) - line["qty"] * line.get("pack", 1)
    return [[item, delta, fields["kind"], HERE] for item, delta in sorted(moves.items()) if delta]


def _of_lines(lines: list[Fields]) -> Rows:
    """What some lines have beside their own row."""
    cases = [[line["n"], line["single"], line["pack"]] for line in lines if "single" in line]
    deposits = [
        [line["n"], line.get("deposit_for")]
        for line in lines
        if "deposit_for" in line or "empties" in line["flags"]
    ]
    rows = {"returned": sorted(_returned(lines)), "cases": sorted(cases), "deposits": sorted(deposits)}
    return {name: found or None for name, found in rows.items()}


def _returned(lines: list[Fields]) -> Iterator[list[Any]]:
    """What came back: of which line of which sale, how much, for how much, to waste or not, and why."""
    for line in lines:
        if "back" in line:
            back = line["back"]
            of = [back.get("document"), back.get("line")]
            waste = int(back["to"] == "waste")
            yield [line["n"], *of, -line["qty"], -line["amount"], waste, back["reason"], HERE]


def _off(line: Fields, name: str) -> int:
    """What a line's promotions or discounts come to."""
    return sum(each["amount"] for each in line.get(name, ()))


def _entries(fields: Fields) -> list[list[Any]]:
    """What lines put on gift cards and accounts, and tenders took from them; a voucher is used up whole."""
    loaded = [
        [line["account"], "line", line["n"], line["amount"], HERE]
        for line in fields["lines"]
        if "account" in line
    ]
    spent = [
        [tender["account"], "tender", tender["n"], -tender.get("value", tender["amount"]), HERE]
        for tender in fields["tenders"]
        if "account" in tender
    ]
    return sorted(loaded + spent, key=lambda row: row[1:3])


def _points(fields: Fields) -> list[Any] | None:
    """What a sale gave its customer and took."""
    points = fields.get("points")
    return points and [fields["customer"], points["earned"], points["spent"], points["rate"], HERE]


def codes_of(fields: Fields) -> list[list[Any]]:
    """The codes of mobile payments, which count once in the whole shop."""
    return sorted([each["kind"], each["ref"]] for each in fields["tenders"] if each["kind"] == "mobile")


def _payments(fields: Fields) -> list[list[Any]]:
    rows = [
        [tender["n"], tender["kind"], tender["amount"], tender.get("change", 0), tender.get("ref")]
        for tender in fields["tenders"]
    ]
    return sorted(rows, key=lambda row: row[0])


def _account_payment(fields: Fields, _: str | None) -> Rows:
    tender, account = fields["tender"], fields["account"]
    paid = [fields["customer"], fields["amount"], tender["kind"], tender.get("ref"), fields["cashier"]]
    return {
        "received": [fields["shift"], account, *paid, HERE],
        "entries": [[account, "payment", 1, fields["amount"], HERE]],
    }


def _cash(fields: Fields, _: str | None) -> Rows:
    names = ("shift", "direction", "amount", "reason", "cashier")
    return {"cash": [*(fields[name] for name in names), HERE]}


def _event(fields: Fields, _: str | None) -> Rows:
    name = fields["name"] if fields["kind"] == "event" else fields["kind"]
    told = [fields.get("sale"), fields.get("reason"), fields.get("total"), fields.get("detail", {})]
    return {"event": [fields["shift"], name, *told, fields["cashier"], HERE]}


def _shift_open(fields: Fields, _: str | None) -> Rows:
    names = ("drawer", "business_date", "cashier", "float")
    return {"opened": [*(fields[name] for name in names), fields.get("single", 0), HERE]}


def _shift_close(fields: Fields, _: str | None) -> Rows:
    names = ("shift", "cashier", "z", "counted", "expected", "over_short", "blind", "figures")
    return {"closed": [*(fields[name] for name in names), HERE]}


_KINDS: dict[str, Callable[[Fields, str | None], Rows]] = {
    "sale": _sale,
    "refund": _sale,
    "cash": _cash,
    "account_payment": _account_payment,
    "event": _event,
    "void": _event,
    "no_sale": _event,
    "shift_open": _shift_open,
    "shift_close": _shift_close,
}
