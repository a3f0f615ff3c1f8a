"""A paper to look at while its words are chosen: a made-up sale with a little of everything on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pos_desktop.domain.money import Currency
from pos_desktop.domain.receipt import Paper, ShopPaper, gift_receipt, sale_receipt, tax_invoice
from pos_desktop.domain.sample_slips import HEAD, SLIPS, sample_slip
from pos_desktop.words import WordTable, later, t

SAMPLES: Final = WordTable(
    {
        "receipt": "Receipt",
        "gift": "Gift receipt",
        "invoice": "Tax invoice",
        "refund": "Refund",
        "copy": "Copy",
        "charge": "Account slip",
        "payment": "Payment on account",
        "statement": "Account statement",
        "gift_card": "Gift card",
        "pay_in": "Paid in",
        "pay_out": "Paid out",
        "drop": "Cash to the safe",
        "no_sale": "No sale",
        "x": "X report",
        "z": "Z report",
    }
)
"""What can be looked at, with its name."""

_LINES = ((later("Rye bread"), 1000, 249, 249, "R", 0), (later("Red wine 75 cl"), 2000, 950, 1900, "S", 190))


def sample_paper(shop: ShopPaper, kind: str, tax_mode: str) -> Paper:
    """The sample of a kind of :data:`SAMPLES` on a shop's paper."""
    if kind in SLIPS:
        return sample_slip(shop, kind)
    receipt = sale_receipt(
        _document(shop.currency, tax_mode, -1 if kind == "refund" else 1),
        shop,
        head=HEAD,
        cashier="Cleo",
        copy=1 if kind == "copy" else 0,
    )
    if kind == "gift":
        return gift_receipt(receipt)
    if kind == "invoice":
        return tax_invoice(receipt, ("Harbour Café Ltd", "4 Quay Street"), "IE 1234567X")
    return replace(receipt, refund=kind == "refund")


def _document(currency: Currency, tax_mode: str, way: int) -> dict[str, Any]:
    """The document of the sale, or of all of it brought back; one at tax rates anybody can check."""
    lines = [
        {
            "name": t(name), "qty": way * qty, "unit": "each", "price": price, "amount": way * amount,
            "tax": tax, "flags": [], "net": way * (amount - off),
            "discounts": [{"kind": "line", "amount": way * off, "reason": t("Offer")}] if off else [],
        }
        for name, qty, price, amount, tax, off in _LINES
    ]  # fmt: skip
    included = tax_mode == "included"
    taxes = [
        _tax("R", 50_000, 237 if included else 249, 12, way),
        _tax("S", 200_000, 1425 if included else 1710, 285 if included else 342, way),
    ]
    total = 1959 if included else 2313
    rounding = 1 if included else 2
    paid = [{"n": 1, "kind": "cash", "amount": 2500 if way > 0 else -total - rounding}]
    paid += [{"n": 2, "kind": "cash", "amount": total + rounding - 2500, "change": 1}] if way > 0 else []
    return {
        "store": 1, "till": 1, "epoch": 1, "no": 124, "at": "2026-11-22T14:03:00.000Z", "cashier": 1001,
        "currency": currency.code, "tax_mode": tax_mode, "lines": lines, "taxes": taxes, "tenders": paid,
        "total": way * total, "rounding": way * rounding, "kind": "sale" if way > 0 else "refund",
    }  # fmt: skip


def _tax(code: str, rate: int, net: int, tax: int, way: int) -> dict[str, Any]:
    return {"code": code, "rate": rate, "net": way * net, "tax": way * tax, "gross": way * (net + tax)}
