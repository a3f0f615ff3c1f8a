"""What the tables must hold for a document, and a shift's figures, derived again from the documents alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pos_desktop.domain.document import Fields

Rows = dict[str, Any]


def rows_of(fields: Fields, business_date: str | None) -> Rows:
    """The rows a booked document must have, by table, as lists in the order of their keys."""
    return _KINDS[fields["kind"]](fields, business_date)


def _sale(fields: Fields, business_date: str | None) -> Rows:
    taxes = fields["taxes"]
    sums = [sum(tax[name] for tax in taxes) for name in ("net", "tax", "gross")]
    moves: dict[int, int] = {}
    for line in fields["lines"]:
        moves[line["item"]] = moves.get(line["item"], 0) - line["qty"]
    return {
        "sale": [fields["sale"], fields["shift"], fields["cashier"], business_date, *sums],
        "lines": sorted(
            [
                line["n"], line["item"], line.get("code"), line["qty"], line["price"],
                line["price_version"], line["amount"], line["tax"],
            ]
            for line in fields["lines"]
        ),
        "taxes": sorted([tax[name] for name in ("code", "rate", "net", "tax", "gross")] for tax in taxes),
        "payments": _payments(fields) or None,
        "moves": [list(move) for move in sorted(moves.items())],
    }  # fmt: skip


def _payments(fields: Fields) -> list[list[Any]]:
    rows = [
        [tender["n"], tender["kind"], tender["amount"], tender.get("change", 0), tender.get("ref")]
        for tender in fields["tenders"]
    ]
    return sorted(rows, key=lambda row: row[0])


def _cash(fields: Fields, _: str | None) -> Rows:
    return {"cash": [fields[name] for name in ("shift", "direction", "amount", "reason", "cashier")]}


def _event(fields: Fields, _: str | None) -> Rows:
    name = fields["name"] if fields["kind"] == "event" else fields["kind"]
    told = [fields.get("sale"), fields.get("reason"), fields.get("total"), fields.get("detail", {})]
    return {"event": [fields["shift"], name, *told, fields["cashier"]]}


def _shift_open(fields: Fields, _: str | None) -> Rows:
    opened = [fields[name] for name in ("drawer", "business_date", "cashier", "float")]
    return {"opened": opened}


def _shift_close(fields: Fields, _: str | None) -> Rows:
    names = ("shift", "cashier", "z", "counted", "expected", "over_short", "blind", "figures")
    return {"closed": [fields[name] for name in names]}


_KINDS: dict[str, Callable[[Fields, str | None], Rows]] = {
    "sale": _sale,
    "cash": _cash,
    "event": _event,
    "void": _event,
    "no_sale": _event,
    "shift_open": _shift_open,
    "shift_close": _shift_close,
}


def figures_after(documents: Iterable[Fields], grand: int) -> Fields:
    """A shift's figures from its documents in order (``refused`` marks those without effect).

    The independent twin of the server's ``pos.shift_figures``; money in minor units.
    """
    told = list(documents)
    booked = [fields for fields in told if not fields["refused"]]
    sales = [fields for fields in booked if fields["kind"] == "sale"]
    moves = [(fields["direction"], fields["amount"]) for fields in booked if fields["kind"] == "cash"]
    tenders = _tender_sums(sales)
    opening = sum(fields["float"] for fields in booked if fields["kind"] == "shift_open")
    names = [fields.get("name") if fields["kind"] == "event" else fields["kind"] for fields in booked]
    cash_sales = sum(row["amount"] for row in tenders if row["kind"] == "cash")
    by_direction = {way: sum(amount for name, amount in moves if name == way) for way, _ in moves}
    return {
        "sales": len(sales),
        "sales_total": sum(fields["total"] for fields in sales),
        "refunds": 0,
        "refunds_total": 0,
        "tenders": tenders,
        "taxes": _tax_sums(sales),
        "float": opening + by_direction.get("float", 0),
        "pay_in": by_direction.get("pay_in", 0),
        "pay_out": -by_direction.get("pay_out", 0),
        "drops": -by_direction.get("drop", 0),
        "expected_cash": opening + cash_sales + sum(amount for _, amount in moves),
        "no_sales": names.count("no_sale"),
        "voids": names.count("void"),
        "line_voids": names.count("line_voided"),
        "age_refusals": names.count("age_refused"),
        "refused": len(told) - len(booked),
        "first_no": told[0]["no"],
        "last_no": told[-1]["no"],
        "grand": grand,
    }


def _tender_sums(sales: Iterable[Fields]) -> list[Fields]:
    sums: dict[str, list[int]] = {}
    for fields in sales:
        for tender in fields["tenders"]:
            row = sums.setdefault(tender["kind"], [0, 0])
            row[0] += 0 if tender.get("change") else 1
            row[1] += tender["amount"]
    return [{"kind": kind, "count": n, "amount": amount} for kind, (n, amount) in sorted(sums.items())]


def _tax_sums(sales: Iterable[Fields]) -> list[Fields]:
    sums: dict[tuple[str, int], list[int]] = {}
    for fields in sales:
        for tax in fields["taxes"]:
            row = sums.setdefault((tax["code"], tax["rate"]), [0, 0, 0])
            for place, name in enumerate(("net", "tax", "gross")):
                row[place] += tax[name]
    return [
        {"code": code, "rate": rate, "net": net, "tax": tax, "gross": gross}
        for (code, rate), (net, tax, gross) in sorted(sums.items())
    ]
