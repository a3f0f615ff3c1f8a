"""Slips and reports to look at while their words are chosen, made of made-up figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pos_desktop.domain.account_paper import (
    Statement,
    StatementLine,
    account_charge_slip,
    account_payment_slip,
    statement_paper,
)
from pos_desktop.domain.customer import HouseAccount
from pos_desktop.domain.receipt import (
    ReportPaper,
    ShopPaper,
    TaxRow,
    in_own_words,
    local_time,
    receipt_number,
    short_date,
)
from pos_desktop.domain.report_paper import ShiftReport, shift_report_receipt
from pos_desktop.domain.slips import cash_slip, no_sale_slip, value_slip
from pos_desktop.domain.tender_kinds import NAMES

AT: Final = "2026-11-22T14:03:00.000Z"
HEAD: Final = "3f2a9c4177de01bb" * 4
_DOCUMENT: Final[dict[str, Any]] = {"store": 1, "till": 1, "epoch": 1, "no": 124, "at": AT}
_CUSTOMER = "Samuel Okoro"


def _charge(shop: ShopPaper) -> ReportPaper:
    document = _DOCUMENT | {"customer": 10000102, "tenders": [{"kind": "account", "amount": 1960}]}
    made = account_charge_slip(document, shop, head=HEAD, cashier="Cleo", customer=_CUSTOMER)
    assert made is not None
    return made


def _payment(shop: ShopPaper) -> ReportPaper:
    document = _DOCUMENT | {"amount": 3000, "tender": {"kind": "card", "ref": "0042"}}
    return account_payment_slip(document, shop, head=HEAD, cashier="Cleo", customer=_CUSTOMER)


def _statement(shop: ShopPaper) -> ReportPaper:
    number = receipt_number(1, 1, 1, 124)
    lines = (
        StatementLine("2026-11-20T10:00:00.000Z", "issue", 5000, 0),
        StatementLine("2026-11-21T10:00:00.000Z", "tender", -1960, -1960, number),
        StatementLine("2026-11-21T11:00:00.000Z", "tender", 460, -1500, number),
        StatementLine(AT, "payment", 500, -1000, number),
    )
    account = HouseAccount(id=1, owed=1000, limit=10_000, blocked=False)
    return statement_paper(
        Statement(_CUSTOMER, 10000102, account, lines, datetime(2026, 11, 22, 14, 3, tzinfo=UTC)), shop
    )


def _cash(way: str, amount: int, reason: str) -> Callable[[ShopPaper], ReportPaper]:
    document = _DOCUMENT | {"direction": way, "amount": amount, "reason": reason}
    return lambda shop: cash_slip(document, shop, head=HEAD, cashier="Cleo", allowed_by="Priya")


def _no_sale(shop: ShopPaper) -> ReportPaper:
    return no_sale_slip(_DOCUMENT | {"reason": "4711"}, shop, head=HEAD, cashier="Cleo")


def _gift_card(shop: ShopPaper) -> ReportPaper:
    return value_slip("gift_card", "GC7Q2MKP01XW8R", 2000, shop, at=AT)


def _report(shop: ShopPaper, z: int | None) -> ReportPaper:
    opened = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    report = ShiftReport(
        till=1, drawer=1, opened_by="Cleo", business_date=short_date(opened.date()),
        opened_at=local_time("2026-11-22T08:00:00.000Z", shop.zone), at=local_time(AT, shop.zone),
        sales=42, sales_total=61_250, refunds=2, refunds_total=1250,
        tenders=tuple((name, n, 5000 * n) for n, name in enumerate(NAMES.values(), 1)),
        taxes=(TaxRow("R", 50_000, 20_000, 1000, 21_000), TaxRow("S", 200_000, 32_500, 6500, 39_000)),
        float_amount=5000, grand=1_234_500, head=HEAD, z=z, pay_in=800, pay_out=1250, drops=4000, no_sales=1,
        voids=1, age_refusals=3, first_number=receipt_number(1, 1, 1, 83),
        last_number=receipt_number(1, 1, 1, 124), expected=7030, counted=6400 if z else None,
        counts=((5000, 1), (1000, 1), (100, 4)) if z else (), closed_by="Cleo" if z else "",
        single=False, promotions=345, discounts=512, rounding=3, loaded=2000,
        received=((NAMES["cash"], 1, 3000),), deposits=150, empties=75,
    )  # fmt: skip
    return shift_report_receipt(report, shop)


SLIPS: Final[Mapping[str, Callable[[ShopPaper], ReportPaper]]] = {
    "charge": _charge,
    "payment": _payment,
    "statement": _statement,
    "gift_card": _gift_card,
    "pay_in": _cash("pay_in", 800, "4711"),
    "pay_out": _cash("pay_out", -1250, "4711"),
    "drop": _cash("drop", -4000, "4711"),
    "no_sale": _no_sale,
    "x": lambda shop: _report(shop, None),
    "z": lambda shop: _report(shop, 17),
}
"""By kind, what makes a sample of it."""


@in_own_words
def sample_slip(shop: ShopPaper, kind: str) -> ReportPaper:
    """The sample of a slip or report on a shop's paper; KeyError for a kind that is none of them."""
    return SLIPS[kind](shop)
