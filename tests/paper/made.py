"""Papers the tests print: one shop, one sale with everything awkward in it, one closed shift."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from pos_desktop.domain.money import currency
from pos_desktop.domain.receipt import Receipt, ReportPaper, ShopPaper, TaxRow, sale_receipt
from pos_desktop.domain.report_paper import ShiftReport, shift_report_receipt

HEAD = "3f2a9c4177de01bb" * 4

SHOP = ShopPaper(
    header=("Kerrigan's Corner Grocery", "14 Harbour Street, Bray", "VAT IE 9999999T"),
    footer=("Thank you. Open 7 to 23.",),
    currency=currency("EUR"),
    zone=ZoneInfo("Europe/Dublin"),
)


def line(name: str, price: int, **more: Any) -> dict[str, Any]:
    """A document's line of one piece, changed by ``more``."""
    made = {
        "n": 1,
        "item": 1,
        "code": "4011",
        "name": name,
        "unit": "each",
        "qty": 1000,
        "price": price,
        "price_version": 1,
        "amount": price,
        "tax": "zero",
        "flags": [],
    }
    return made | more


def sale(lines: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A sale document of 32.40 with four lines, two tenders and change, changed by ``more``."""
    made: dict[str, Any] = {
        "v": 1,
        "kind": "sale",
        "store": 1,
        "till": 2,
        "epoch": 1,
        "no": 124,
        "at": "2026-11-22T14:03:30.123Z",
        "offset_ms": 400,
        "cashier": 1001,
        "currency": "EUR",
        "tax_mode": "included",
        "flags": [],
        "lines": lines
        or [
            line("Semi-skimmed milk 2 l", 215),
            line("Red apples, loose", 210, unit="kg", qty=842, amount=177),
            line(
                "Château Beauséjour Côtes de Bordeaux Supérieur 2021 750 ml",
                1249,
                qty=2000,
                amount=2498,
                tax="standard",
                flags=["typed_price"],
            ),
            line("Crème brûlée £5 or €6", 350, tax="reduced"),
        ],
        "taxes": [
            {"code": "standard", "rate": 230000, "net": 2031, "tax": 467, "gross": 2498},
            {"code": "reduced", "rate": 135000, "net": 308, "tax": 42, "gross": 350},
            {"code": "zero", "rate": 0, "net": 392, "tax": 0, "gross": 392},
        ],
        "tenders": [
            {"n": 1, "kind": "card", "amount": 2000, "ref": "004512"},
            {"n": 2, "kind": "cash", "amount": 2000},
            {"n": 3, "kind": "cash", "amount": -760, "change": 1},
        ],
        "total": 3240,
    }
    return made | more


def receipt(document: dict[str, Any] | None = None, **more: Any) -> Receipt:
    """The receipt of :func:`sale`."""
    return sale_receipt(document or sale(), SHOP, head=HEAD, cashier="Aoife Byrne", **more)


def long_receipt(lines: int = 900) -> Receipt:
    """A receipt of many kilobytes: more than the buffers between till and printer hold."""
    return receipt(sale([line(f"Line {n} of a very long receipt", 100) for n in range(lines)]))


def shift_report(**more: Any) -> ReportPaper:
    """A Z report with a count one euro short, changed by ``more``."""
    values: dict[str, Any] = {
        "till": 2,
        "drawer": 1,
        "opened_by": "Aoife Byrne",
        "closed_by": "Tomás Ruiz",
        "business_date": "2026-11-22",
        "opened_at": "22 Nov 2026 07:00 GMT",
        "at": "22 Nov 2026 15:00 GMT",
        "sales": 142,
        "sales_total": 214577,
        "tenders": (("Cash", 90, 104577), ("Card", 55, 110000)),
        "taxes": (TaxRow("A", 230000, 100000, 23000, 123000),),
        "float_amount": 10000,
        "grand": 98765432,
        "head": HEAD,
        "z": 17,
        "drops": 50000,
        "no_sales": 2,
        "age_refusals": 1,
        "first_number": "S1-T2-1-000001",
        "last_number": "S1-T2-1-000160",
        "expected": 64577,
        "counted": 64477,
        "counts": ((5000, 10), (2000, 5), (200, 22), (1, 77), (500, 0)),
    }
    return shift_report_receipt(ShiftReport(**(values | more)), SHOP)
