"""A basket as plain data and back: for the till's draft and for holding a sale on the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pos_desktop.domain.basket import (
    MAX_AMOUNT,
    MAX_LINES,
    AgeCheck,
    Approval,
    Basket,
    Item,
    Line,
)
from pos_desktop.domain.basket_parts import Back, Coupon, Discount, Exempt, Given, Reduction
from pos_desktop.domain.document import INT_MAX, INT_MIN, DocumentError, canonical, parse_utc, utc_text
from pos_desktop.domain.promotion_record import price_fields, read_price
from pos_desktop.domain.quantity import MAX_QTY
from pos_desktop.domain.tax_record import read_taxes, taxes_record

VERSION = 1


class RecordError(ValueError):
    """The data is not a basket of this program's format."""


_Part = TypeVar(
    "_Part", Item, Line, AgeCheck, Approval, Basket, Given, Discount, Back, Coupon, Exempt, Reduction
)


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return isinstance(value, str) and value in get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX
    if hint is str:
        return isinstance(value, str) and _kept(value)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(part, get_args(hint)[0]) for part in value)
    return isinstance(value, hint)


def _kept(text: str) -> bool:
    """Whether a document could hold the text."""
    try:
        canonical({"text": text})
    except DocumentError:
        return False
    return True


def _sound(part: _Part) -> _Part:
    """The part when each field is of its type: a record comes from a disk or another till."""
    for name, hint in _HINTS[type(part)].items():
        if not _fits(getattr(part, name), hint):
            raise RecordError(f"not a basket: {type(part).__name__} has an odd {name}")
    return part


_HINTS = {
    part: {f.name: get_type_hints(part)[f.name] for f in fields(part) if f.name not in ("history", "rules")}
    for part in (Item, Line, AgeCheck, Approval, Basket, Given, Discount, Back, Coupon, Exempt, Reduction)
}


def _plain(part: Given | Discount | Back | Coupon | Exempt | Reduction) -> dict[str, Any]:
    """A part of numbers and texts, field by field."""
    named = {field.name: getattr(part, field.name) for field in fields(part)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in named.items()}


def _item_record(item: Item) -> dict[str, Any]:
    named = {field.name: getattr(item, field.name) for field in fields(item)}
    named["groups"] = list(item.groups) or None
    named["prices"] = [price_fields(row) for row in item.prices] or None
    named["taxes"] = taxes_record(item.taxes) or None
    return {name: value for name, value in named.items() if value is not None}


def _line_record(line: Line) -> dict[str, Any]:
    record: dict[str, Any] = {
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
    if line.given:
        record["given"] = [_plain(each) for each in line.given]
    if line.discounts:
        record["discounts"] = [_plain(each) for each in line.discounts]
    if line.deposit_for:
        record["deposit_for"] = line.deposit_for
    if line.back is not None:
        record["back"] = _plain(line.back)
    if line.account:
        record["account"] = line.account
    return record


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
            {
                "min_age": check.min_age,
                "result": check.result,
                "at": utc_text(check.at),
                "method": check.method,
            }
            for check in basket.checks
        ],
        "approvals": [
            {
                "what": a.what,
                "by": a.by,
                "line": a.line,
                "was": a.was,
                "now": a.now,
                "at": utc_text(a.at),
                "id": a.id,
            }
            for a in basket.approvals
        ],
        **_buyer_record(basket),
    }


def _buyer_record(basket: Basket) -> dict[str, Any]:
    """Who buys, since when, with which coupons and discounts; what is absent is left out."""
    record: dict[str, Any] = {}
    if basket.began is not None:
        record["began"] = utc_text(basket.began)
    if basket.customer:
        record["customer"] = basket.customer
    if basket.levels:
        record["levels"] = list(basket.levels)
    if basket.exempt is not None:
        record["exempt"] = _plain(basket.exempt)
    if basket.coupons:
        record["coupons"] = [_plain(each) for each in basket.coupons]
    if basket.reductions:
        record["reductions"] = [_plain(each) for each in basket.reductions]
    return record


def _item(record: Mapping[str, Any]) -> Item:
    number = int(record["id"])
    prices = tuple(read_price(number, row) for row in record.get("prices") or ())
    groups = tuple(record.get("groups") or ())
    taxes = read_taxes(record.get("taxes") or ())
    return _sound(Item(**{**record, "groups": groups, "prices": prices, "taxes": taxes}))


def _line(record: Mapping[str, Any]) -> Line:
    line = Line(
        n=record["n"],
        item=_item(record["item"]),
        code=record["code"],
        qty=record["qty"],
        price=record["price"],
        price_version=record["price_version"],
        amount=record["amount"],
        flags=tuple(record["flags"]),
        department=record["department"],
        given=tuple(_sound(Given(**part)) for part in record.get("given", ())),
        discounts=tuple(_sound(Discount(**part)) for part in record.get("discounts", ())),
        deposit_for=record.get("deposit_for", 0),
        account=record.get("account", 0),
        back=_sound(Back(**record["back"])) if "back" in record else None,
    )
    _sound(line)
    odd = max(abs(line.price), abs(line.amount)) > MAX_AMOUNT or not 0 < abs(line.qty) <= MAX_QTY
    if odd or line.item.rate < 0:
        raise RecordError("not a basket: a line has an amount no line can have")
    return line


def _approval(told: Mapping[str, Any]) -> Approval:
    at, id_ = parse_utc(told["at"]), told.get("id", "")
    return Approval(told["what"], told["by"], told["line"], told["was"], told["now"], at, id_)


def read_basket(record: Mapping[str, Any]) -> Basket:
    """The basket that :func:`basket_record` wrote; RecordError for anything else."""
    try:
        if record["v"] != VERSION:
            raise RecordError(f"a basket of format {record['v']}")
        if len(record["lines"]) > MAX_LINES:
            raise RecordError("not a basket: more lines than a basket holds")
        basket = Basket(
            sale_id=record["sale"],
            tax_mode=record["tax_mode"],
            lines=tuple(_line(line) for line in record["lines"]),
            checks=tuple(
                _sound(AgeCheck(c["min_age"], c["result"], parse_utc(c["at"]), c.get("method", "seen")))
                for c in record["checks"]
            ),
            approvals=tuple(_sound(_approval(told)) for told in record["approvals"]),
            next_n=record["next_n"],
            touched=record["touched"],
            **_buyer(record),
        )
        _sound(basket)
    except RecordError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise RecordError(f"not a basket: {problem}") from problem
    names = [line.n for line in basket.lines]
    if len(set(names)) < len(names):
        raise RecordError("not a basket: two lines of one name")
    return basket


def _buyer(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a basket that :func:`_buyer_record` wrote."""
    exempt = record.get("exempt")
    return {
        "began": parse_utc(record["began"]) if "began" in record else None,
        "customer": record.get("customer", 0),
        "levels": tuple(record.get("levels", ())),
        "exempt": None if exempt is None else _sound(Exempt(exempt["certificate"], tuple(exempt["codes"]))),
        "coupons": tuple(_sound(Coupon(**part)) for part in record.get("coupons", ())),
        "reductions": tuple(_sound(Reduction(**part)) for part in record.get("reductions", ())),
    }
