"""The documents a basket ends in: the sale, the refund, and the void of what was given up before pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pos_desktop.domain.barcode import without_cards
from pos_desktop.domain.basket import AgeCheck, Approval, Basket, Line, Totals, totals
from pos_desktop.domain.basket_parts import Back, Discount, Given
from pos_desktop.domain.document import (
    Document,
    DocumentError,
    Fields,
    Position,
    Stamp,
    allowed,
    build,
    utc_text,
)
from pos_desktop.domain.tax_record import line_tax_fields, unclear_codes
from pos_desktop.domain.tender import Tender
from pos_desktop.domain.tender_kinds import ALONE


def line_fields(line: Line, n: int, deposit_for: int = 0) -> Fields:
    """A line as it stands in a document; ``n`` counts from 1 without gaps, so does ``deposit_for``."""
    fields: Fields = {
        "n": n,
        "item": line.item.id,
        "code": line.code,
        "name": line.item.name,
        "unit": line.item.unit,
        "qty": line.qty,
        "price": line.price,
        "price_version": line.price_version,
        "amount": line.amount,
        "tax": line.item.tax,
        "flags": list(line.flags),
    }
    if line.item.min_age is not None:
        fields["min_age"] = line.item.min_age
    if line.department:
        fields["department"] = line.department
    if line.item.single:
        fields |= {"single": line.item.single, "pack": line.item.pack}
    if deposit_for:
        fields["deposit_for"] = deposit_for
    if line.account:
        fields["account"] = line.account
    if line.back is not None:
        fields["back"] = _back_fields(line.back)
    return {**fields, **_off_fields(line)}


def _off_fields(line: Line) -> Fields:
    """What was taken off a line by whom, and what is left of it; nothing when nothing was."""
    fields: Fields = {}
    if line.given:
        fields["given"] = [_given_fields(each) for each in line.given]
    if line.discounts:
        fields["discounts"] = [_discount_fields(each) for each in line.discounts]
    if line.net != line.amount:
        fields["net"] = line.net
    return fields


def _given_fields(given: Given) -> Fields:
    return {
        "promotion": given.promotion,
        "name": given.name,
        "amount": given.amount,
        "pieces": given.pieces,
    }


def _discount_fields(discount: Discount) -> Fields:
    fields: Fields = {
        "kind": discount.kind,
        "amount": discount.amount,
        "reason": without_cards(discount.reason),
    }
    return {**fields, "ppm": discount.ppm} if discount.ppm else fields


def _back_fields(back: Back) -> Fields:
    fields: Fields = {"to": back.to, "reason": without_cards(back.reason)}
    if back.document:
        fields |= {"document": back.document, "line": back.line, "receipt": back.receipt}
    return fields


def _check_fields(check: AgeCheck) -> Fields:
    fields: Fields = {"kind": "age", "min_age": check.min_age, "result": check.result}
    return {**fields, "method": check.method, "at": utc_text(check.at)}


def _approval_fields(approval: Approval, n: int) -> Fields:
    fields: Fields = {
        "what": approval.what,
        "by": approval.by,
        "was": approval.was,
        "now": approval.now,
        "at": utc_text(approval.at),
    }
    if approval.id:
        fields["id"] = approval.id
    return {**fields, "line": n} if n else fields


def _tender_fields(tender: Tender, n: int) -> Fields:
    fields: Fields = {"n": n, "kind": tender.kind, "amount": tender.amount}
    if tender.ref:
        fields["ref"] = without_cards(tender.ref)
    if tender.change:
        fields["change"] = 1
    more = {"account": tender.account, "value": tender.value, "back": tender.back}
    fields |= {name: value for name, value in more.items() if value}
    return fields if tender.left is None else {**fields, "left": tender.left}


def needs_server(basket: Basket, tenders: Sequence[Tender]) -> bool:
    """Whether only the server can take it: it alone knows what a gift card holds and what came back."""
    asks = any(line.account or line.back is not None for line in basket.lines)
    return asks or any(t.kind not in ALONE for t in tenders)


def is_refund(basket: Basket, sums: Totals) -> bool:
    """Whether a basket only brings goods or empties back, so that its document is a refund, not a sale."""
    return sums.total <= 0 and all(line.inward for line in basket.lines)


def sale_document(
    stamp: Stamp,
    position: Position,
    basket: Basket,
    tenders: Sequence[Tender],
    currency: str,
    *,
    rounding: int = 0,
    points: Mapping[str, int] | None = None,
) -> Document:
    """The document of a paid sale, or of a refund. ``rounding`` is what cash was rounded by (minor units).

    ``points`` are those earned and spent. DocumentError when the basket is empty or the tenders do not come
    to the total with its rounding.
    """
    if needs_server(basket, tenders):  # never accepted by the till alone, so never a fact before the answer
        stamp = replace(stamp, flags=tuple(f for f in stamp.flags if f not in ("stands", "offline")))
    sums = totals(basket)
    if basket.empty:
        raise DocumentError("a sale has at least one line")
    if sum(t.amount for t in tenders) != sums.total + rounding:
        raise DocumentError("the tenders do not add up to the total")
    number = {line.n: n for n, line in enumerate(basket.lines, 1)}
    payload: Fields = {
        "sale": basket.sale_id,
        "tax_mode": basket.tax_mode,
        "currency": currency,
        "lines": _lines(basket, number),
        "taxes": [
            {"code": t.code, "rate": t.rate, "net": t.net, "tax": t.tax, "gross": t.gross} for t in sums.taxes
        ],
        "tenders": [_tender_fields(t, n) for n, t in enumerate(tenders, 1)],
        "total": sums.total,
        "checks": [_check_fields(check) for check in basket.checks],
        "approvals": _approvals(basket, number),
        **_buyer_fields(basket),
    }
    if rounding:
        payload["rounding"] = rounding
    if basket.rules.tax.method != "by_rate":
        payload["tax_method"] = basket.rules.tax.method
    if points:
        payload["points"] = dict(points)
    kind = "refund" if is_refund(basket, sums) else "sale"
    return build(kind, stamp, position, payload, turnover=sums.total)


def _lines(basket: Basket, number: Mapping[int, int]) -> list[Fields]:
    exempt = basket.exempt.codes if basket.exempt is not None else ()
    unclear = unclear_codes((line.item for line in basket.lines), exempt)
    return [
        line_fields(line, number[line.n], number.get(line.deposit_for, 0))
        | line_tax_fields(line.item, unclear, back=line.back is not None)
        for line in basket.lines
    ]


def _approvals(basket: Basket, number: Mapping[int, int]) -> list[Fields]:
    """The approvals of lines that are still there, and those of the whole sale."""
    return [
        _approval_fields(a, number.get(a.line, 0)) for a in basket.approvals if not a.line or a.line in number
    ]


def _buyer_fields(basket: Basket) -> Fields:
    """Since when, who, with which coupons and certificate; an absent thing is an absent key."""
    fields: Fields = {}
    if basket.began is not None:
        fields["began"] = utc_text(basket.began)
    if basket.customer:
        fields["customer"] = basket.customer
    gave = {given.promotion for line in basket.lines for given in line.given}
    used = [each for each in basket.coupons if each.promotion in gave]  # one that brought nothing stays good
    if used:
        fields["coupons"] = [{"code": each.code, "promotion": each.promotion} for each in used]
    if basket.exempt is not None:
        fields["exempt"] = {"certificate": basket.exempt.certificate, "codes": list(basket.exempt.codes)}
    return fields


def void_document(
    stamp: Stamp, position: Position, basket: Basket, reason: str, approved_by: int | None = None
) -> Document:
    """The record of a whole basket given up before pay; no money effect, ``total`` for information.

    ``approved_by`` is the staff number of whoever allowed it, when the cashier may not alone.
    """
    number = {line.n: n for n, line in enumerate(basket.lines, 1)}
    payload: Fields = {
        "sale": basket.sale_id,
        "lines": _lines(basket, number),
        "reason": without_cards(reason),
        "total": totals(basket).total,
    }
    return build("void", stamp, position, {**payload, **allowed("void_sale", approved_by, stamp)})
