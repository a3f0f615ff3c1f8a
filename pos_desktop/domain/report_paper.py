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
    receipt_number,
    short_date,
)
from pos_desktop.domain.tender_kinds import NAMES


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


def shift_report_receipt(report: ShiftReport, shop: ShopPaper, *, copy: int = 0) -> ReportPaper:
    """The X or Z report as a paper; a Z carries the full chain head and a line to sign."""
    is_z = report.z is not None
    facts = [
        ("Till", str(report.till)),
        ("Drawer", str(report.drawer)),
        ("Business date", report.business_date),
        ("Opened", report.opened_at),
        ("Opened by", report.opened_by),
        ("Closed" if is_z else "Printed", report.at),
    ]
    if report.closed_by:
        facts.append(("Closed by", report.closed_by))
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
        title=f"Z report {report.z}" if is_z else "X report",
        facts=tuple(facts),
        sections=tuple(s for s in sections if s.rows),
        head=report.head if is_z else report.head[:16],
        sign=("Counted by", "Checked by") if is_z else (),
        copy=copy,
    )


def _sales_section(report: ShiftReport, cur: Currency) -> Section:
    net = report.sales_total - report.refunds_total
    rows = [
        (f"Sales ({report.sales})", format_amount(report.sales_total, cur)),
        (f"Refunds ({report.refunds})", format_amount(-report.refunds_total, cur)),
    ]
    rows += [("Promotions gave", format_amount(report.promotions, cur))] if report.promotions else []
    rows += [("Discounts gave", format_amount(report.discounts, cur))] if report.discounts else []
    rows += [("Put on gift cards", format_amount(report.loaded, cur))] if report.loaded else []
    rows += [("Deposits taken", format_amount(report.deposits, cur))] if report.deposits else []
    rows += [("Given for empties", format_amount(-report.empties, cur))] if report.empties else []
    rows.append(("Total", format_money(net, cur)))
    return Section("Sales", tuple(rows), strong=True)


def _tender_section(report: ShiftReport, cur: Currency) -> Section:
    rows = [(f"{name} ({count})", format_amount(amount, cur)) for name, count, amount in report.tenders]
    rows += [("Rounding of cash", format_amount(report.rounding, cur))] if report.rounding else []
    return Section("Paid by", tuple(rows))


def _tax_section(report: ShiftReport, shop: ShopPaper) -> Section:
    cur = shop.currency
    rows: list[tuple[str, str]] = []
    for row in report.taxes:
        rows.append((f"{row.name} on {format_amount(row.net, cur)}", format_amount(row.tax, cur)))
    if rows:
        rows.append((f"{shop.word('tax')} in all", format_amount(sum(r.tax for r in report.taxes), cur)))
    return Section(shop.word("tax"), tuple(rows))


def _received_section(report: ShiftReport, cur: Currency) -> Section:
    """Money received on house accounts: in the drawer and on the slips, and in no sale."""
    rows = tuple((f"{name} ({count})", format_amount(amount, cur)) for name, count, amount in report.received)
    return Section("Received on account", rows)


def _cash_section(report: ShiftReport, cur: Currency) -> Section:
    rows = [("Float", report.float_amount)]
    rows += [("Paid in", report.pay_in)] if report.pay_in else []
    rows += [("Paid out", -report.pay_out)] if report.pay_out else []
    rows += [("Drops to safe", -report.drops)] if report.drops else []
    rows += [("Expected in drawer", report.expected)] if report.expected is not None else []
    return Section("Cash", tuple((label, format_amount(amount, cur)) for label, amount in rows))


def _count_section(report: ShiftReport, cur: Currency) -> Section:
    rows: list[tuple[str, str]] = [
        (f"{pieces} x {format_money(denomination, cur)}", format_amount(pieces * denomination, cur))
        for denomination, pieces in report.counts
        if pieces
    ]
    if report.counted is not None:
        rows.append(("Counted", format_money(report.counted, cur)))
        if report.expected is not None:
            rows.append(_over_short(report.counted - report.expected, cur))
            rows.append(("Answers for it", report.opened_by if report.single else "the shop"))
    return Section("Drawer count", tuple(rows), strong=True)


def _over_short(difference: int, cur: Currency) -> tuple[str, str]:
    if difference == 0:
        return ("Over or short", format_money(0, cur))
    return ("Over" if difference > 0 else "Short", format_money(difference, cur))


def _watch_section(report: ShiftReport) -> Section:
    rows = (
        ("Drawer opened, no sale", str(report.no_sales)),
        ("Sales voided", str(report.voids)),
        ("Age refusals", str(report.age_refusals)),
    )
    return Section("Counted events", rows)


def _record_section(report: ShiftReport, cur: Currency) -> Section:
    rows = [("First number", report.first_number), ("Last number", report.last_number)]
    rows = [row for row in rows if row[1]]
    rows.append(("Grand total", format_money(report.grand, cur)))
    return Section("Record", tuple(rows))
