"""The papers that are not a customer's receipt, as data: X and Z reports of a shift, and small slips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.receipt import (
    ReportPaper,
    Section,
    ShopPaper,
    TaxRow,
    in_own_words,
    receipt_number,
    short_date,
)
from pos_desktop.domain.tender_kinds import NAMES
from pos_desktop.words import t


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """A shift's figures for paper. Money in minor units; ``None`` leaves the row out (expected, when blind).

    ``opened_by`` and ``closed_by`` are names: a shift is often closed by somebody else.
    ``tenders`` are (name, number of payments, amount), and so is what was ``received`` on house accounts;
    ``counts`` are (denomination, pieces), as counted.
    ``z`` is None for an X report. Pay outs and drops are positive amounts taken out. ``single``: what is over
    or short is the one cashier's own who opened it.
    """

    till: int
    drawer: int
    opened_by: str
    business_date: str
    opened_at: str
    at: str
    sales: int
    sales_total: int
    tenders: tuple[tuple[str, int, int], ...]
    taxes: tuple[TaxRow, ...]
    float_amount: int
    grand: int
    head: str
    z: int | None = None
    refunds: int = 0
    refunds_total: int = 0
    pay_in: int = 0
    pay_out: int = 0
    drops: int = 0
    no_sales: int = 0
    voids: int = 0
    age_refusals: int = 0
    first_number: str = ""
    last_number: str = ""
    expected: int | None = None
    counted: int | None = None
    counts: tuple[tuple[int, int], ...] = ()
    closed_by: str = ""
    single: bool = False
    promotions: int = 0
    discounts: int = 0
    rounding: int = 0
    loaded: int = 0
    received: tuple[tuple[str, int, int], ...] = ()
    deposits: int = 0
    empties: int = 0


_SAME_NAME = (
    "sales",
    "sales_total",
    "refunds",
    "refunds_total",
    "pay_in",
    "pay_out",
    "drops",
    "no_sales",
    "voids",
    "age_refusals",
    "grand",
)
"""Figures that go onto the paper under their own name."""

_SOMETIMES = ("promotions", "discounts", "rounding", "loaded", "deposits", "empties")
"""Figures that are left out where there was none of it."""


def report_of(
    values: Mapping[str, Any],
    number: tuple[int, int, int],
    *,
    drawer: int,
    opened_by: str,
    business_date: str,
    opened_at: str,
    at: str,
    head: str,
) -> ShiftReport:
    """The X report of a shift's figures, as the server sends them and a Z document keeps them.

    ``number`` is store, till and epoch; ``business_date`` as 2026-11-22, the other times in words. A Z adds
    its number, the count and who closed.
    """
    same: dict[str, Any] = {name: values[name] for name in _SAME_NAME}
    same |= {name: values[name] for name in _SOMETIMES if name in values}
    return ShiftReport(
        till=number[1],
        drawer=drawer,
        opened_by=opened_by,
        business_date=short_date(date.fromisoformat(business_date)),
        opened_at=opened_at,
        at=at,
        tenders=_by_kind(values["tenders"]),
        received=_by_kind(values.get("received", ())),
        taxes=tuple(
            TaxRow(row["code"], row["rate"], row["net"], row["tax"], row["gross"]) for row in values["taxes"]
        ),
        float_amount=values["float"],
        head=head,
        first_number=receipt_number(*number, values["first_no"]),
        last_number=receipt_number(*number, values["last_no"]),
        expected=values["expected_cash"],
        **same,
    )


def _by_kind(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int, int], ...]:
    return tuple((NAMES.get(row["kind"], row["kind"]), row["count"], row["amount"]) for row in rows)


@in_own_words
def shift_report_receipt(report: ShiftReport, shop: ShopPaper, *, copy: int = 0) -> ReportPaper:
    """The X or Z report as a paper; a Z carries the full chain head and a line to sign."""
    is_z = report.z is not None
    facts = [
        (t("Till"), str(report.till)),
        (t("Drawer"), str(report.drawer)),
        (t("Business date"), report.business_date),
        (t("Opened"), report.opened_at),
        (t("Opened by"), report.opened_by),
        (t("Closed") if is_z else t("Printed"), report.at),
    ]
    if report.closed_by:
        facts.append((t("Closed by"), report.closed_by))
    sections = (
        _sales_section(report, shop.currency),
        _tender_section(report, shop.currency),
        _received_section(report, shop.currency),
        _tax_section(report, shop),
        _cash_section(report, shop.currency),
        _count_section(report, shop.currency),
        _watch_section(report),
        _record_section(report, shop.currency),
    )
    return ReportPaper(
        shop=shop,
        title=t("Z report {z}", z=report.z) if is_z else t("X report"),
        facts=tuple(facts),
        sections=tuple(s for s in sections if s.rows),
        head=report.head if is_z else report.head[:16],
        sign=(t("Counted by"), t("Checked by")) if is_z else (),
        copy=copy,
    )


def _sales_section(report: ShiftReport, cur: Currency) -> Section:
    net = report.sales_total - report.refunds_total
    rows = [
        (t("Sales ({n})", n=report.sales), format_amount(report.sales_total, cur)),
        (t("Refunds ({n})", n=report.refunds), format_amount(-report.refunds_total, cur)),
    ]
    rows += [(t("Promotions gave"), format_amount(report.promotions, cur))] if report.promotions else []
    rows += [(t("Discounts gave"), format_amount(report.discounts, cur))] if report.discounts else []
    rows += [(t("Put on gift cards"), format_amount(report.loaded, cur))] if report.loaded else []
    rows += [(t("Deposits taken"), format_amount(report.deposits, cur))] if report.deposits else []
    rows += [(t("Given for empties"), format_amount(-report.empties, cur))] if report.empties else []
    rows.append((t("Total"), format_money(net, cur)))
    return Section(t("Sales"), tuple(rows), strong=True)


def _tender_section(report: ShiftReport, cur: Currency) -> Section:
    rows = [(f"{name} ({count})", format_amount(amount, cur)) for name, count, amount in report.tenders]
    rows += [(t("Rounding of cash"), format_amount(report.rounding, cur))] if report.rounding else []
    return Section(t("Paid by"), tuple(rows))


def _tax_section(report: ShiftReport, shop: ShopPaper) -> Section:
    cur = shop.currency
    rows: list[tuple[str, str]] = []
    for row in report.taxes:
        on = t("{tax} on {net}", tax=row.name, net=format_amount(row.net, cur))
        rows.append((on, format_amount(row.tax, cur)))
    if rows:
        total = format_amount(sum(r.tax for r in report.taxes), cur)
        rows.append((t("{tax} in all", tax=shop.word("tax")), total))
    return Section(shop.word("tax"), tuple(rows))


def _received_section(report: ShiftReport, cur: Currency) -> Section:
    """Money received on house accounts: in the drawer and on the slips, and in no sale."""
    rows = tuple((f"{name} ({count})", format_amount(amount, cur)) for name, count, amount in report.received)
    return Section(t("Received on account"), rows)


def _cash_section(report: ShiftReport, cur: Currency) -> Section:
    rows = [(t("Float"), report.float_amount)]
    rows += [(t("Paid in"), report.pay_in)] if report.pay_in else []
    rows += [(t("Paid out"), -report.pay_out)] if report.pay_out else []
    rows += [(t("Drops to safe"), -report.drops)] if report.drops else []
    rows += [(t("Expected in drawer"), report.expected)] if report.expected is not None else []
    return Section(t("Cash"), tuple((label, format_amount(amount, cur)) for label, amount in rows))


def _count_section(report: ShiftReport, cur: Currency) -> Section:
    rows: list[tuple[str, str]] = [
        (f"{pieces} x {format_money(denomination, cur)}", format_amount(pieces * denomination, cur))
        for denomination, pieces in report.counts
        if pieces
    ]
    if report.counted is not None:
        rows.append((t("Counted"), format_money(report.counted, cur)))
        if report.expected is not None:
            rows.append(_over_short(report.counted - report.expected, cur))
            rows.append((t("Answers for it"), report.opened_by if report.single else t("the shop")))
    return Section(t("Drawer count"), tuple(rows), strong=True)


def _over_short(difference: int, cur: Currency) -> tuple[str, str]:
    if difference == 0:
        return (t("Over or short"), format_money(0, cur))
    return (t("Over") if difference > 0 else t("Short"), format_money(difference, cur))


def _watch_section(report: ShiftReport) -> Section:
    rows = (
        (t("Drawer opened, no sale"), str(report.no_sales)),
        (t("Sales voided"), str(report.voids)),
        (t("Age refusals"), str(report.age_refusals)),
    )
    return Section(t("Counted events"), rows)


def _record_section(report: ShiftReport, cur: Currency) -> Section:
    rows = [(t("First number"), report.first_number), (t("Last number"), report.last_number)]
    rows = [row for row in rows if row[1]]
    rows.append((t("Grand total"), format_money(report.grand, cur)))
    return Section(t("Record"), tuple(rows))
