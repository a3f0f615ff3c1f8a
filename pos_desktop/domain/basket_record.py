"""A basket as plain data and back: for the till's draft and for holding a sale on the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pos_desktop.domain.basket import AgeCheck, Approval, Basket, Item, Line
from pos_desktop.domain.document import parse_utc, utc_text

VERSION = 1


class RecordError(ValueError):
    """The data is not a basket of this program's format."""


def _item_record(item: Item) -> dict[str, Any]:
    named = {field.name: getattr(item, field.name) for field in fields(item)}
    return {name: value for name, value in named.items() if value is not None}


def _line_record(line: Line) -> dict[str, Any]:
    return {
        "n": line.n,
        "item": _item_record(line.item),
        "code": line.code,
        "qty": line.qty,
        "price": line.price,
        "price_version": line.price_version,
        "amount": line.amount,
        "flags": list(line.flags),
        "department": line.department,
    }


def basket_record(basket: Basket) -> dict[str, Any]:
    """The basket as JSON data; what undo could go back to is left out."""
    return {
        "v": VERSION,
        "sale": basket.sale_id,
        "tax_mode": basket.tax_mode,
        "next_n": basket.next_n,
        "touched": basket.touched,
        "lines": [_line_record(line) for line in basket.lines],
        "checks": [
            {"min_age": check.min_age, "result": check.result, "at": utc_text(check.at)}
            for check in basket.checks
        ],
        "approvals": [
            {"what": a.what, "by": a.by, "line": a.line, "was": a.was, "now": a.now, "at": utc_text(a.at)}
            for a in basket.approvals
        ],
    }


def _line(record: Mapping[str, Any]) -> Line:
    return Line(
        n=record["n"],
        item=Item(**record["item"]),
        code=record["code"],
        qty=record["qty"],
        price=record["price"],
        price_version=record["price_version"],
        amount=record["amount"],
        flags=tuple(record["flags"]),
        department=record["department"],
    )


def read_basket(record: Mapping[str, Any]) -> Basket:
    """The basket that :func:`basket_record` wrote; RecordError for anything else."""
    try:
        if record["v"] != VERSION:
            raise RecordError(f"a basket of format {record['v']}")
        return Basket(
            sale_id=record["sale"],
            tax_mode=record["tax_mode"],
            lines=tuple(_line(line) for line in record["lines"]),
            checks=tuple(AgeCheck(c["min_age"], c["result"], parse_utc(c["at"])) for c in record["checks"]),
            approvals=tuple(
                Approval(a["what"], a["by"], a["line"], a["was"], a["now"], parse_utc(a["at"]))
                for a in record["approvals"]
            ),
            next_n=record["next_n"],
            touched=record["touched"],
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise RecordError(f"not a basket: {problem}") from problem
