"""What the customer is shown, as frozen values made of the sale; never an age, a question or a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_desktop.domain.basket import Basket, Line, Totals
from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.quantity import ONE, format_qty
from pos_desktop.domain.tender import Tendering

DisplayKind = Literal["idle", "sale", "paying", "change", "thanks"]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the customer reads it: ``detail`` is empty for one piece at its price."""

    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class DisplayView:
    """One state of the display; amounts are texts in the shop's currency, empty where there is none."""

    kind: DisplayKind = "idle"
    lines: tuple[ShownLine, ...] = ()
    total: str = ""
    tax: str = ""
    savings: str = ""
    paid: tuple[tuple[str, str], ...] = ()
    due: str = ""
    change: str = ""


def sale_view(basket: Basket, totals: Totals, currency: Currency) -> DisplayView:
    """The lines with the running total, the one that changed last at the end."""
    last = basket.touched
    ordered = sorted(basket.lines, key=lambda line: line.n == last)
    return DisplayView(
        "sale" if basket.lines else "idle",
        tuple(_shown(line, currency) for line in ordered),
        format_money(totals.total, currency),
        format_money(totals.tax, currency) if basket.tax_mode == "added" and totals.tax else "",
    )


def paying_view(shown: DisplayView, tendering: Tendering, currency: Currency) -> DisplayView:
    """The same sale with what is paid and what is still due."""
    paid = tuple((KINDS[t.kind], format_money(t.amount, currency)) for t in tendering.tenders)
    return DisplayView(
        "paying",
        shown.lines,
        shown.total,
        shown.tax,
        shown.savings,
        paid,
        format_money(tendering.remaining, currency),
    )


def change_view(tendering: Tendering, currency: Currency) -> DisplayView:
    """What is given back; without change a word of thanks."""
    total = format_money(tendering.total, currency)
    if not tendering.change:
        return DisplayView("thanks", total=total)
    return DisplayView("change", total=total, change=format_money(tendering.change, currency))


KINDS = {
    "cash": "Cash",
    "card": "Card",
    "gift_card": "Gift card",
    "store_credit": "Store credit",
    "voucher": "Voucher",
    "cheque": "Cheque",
    "mobile": "Mobile money",
    "account": "On account",
    "points": "Points",
}


def _shown(line: Line, currency: Currency) -> ShownLine:
    price = format_amount(line.price, currency)
    detail = ""
    if line.item.weighed:
        detail = f"{format_qty(line.qty, line.item.unit)} × {price} / {line.item.unit}"
    elif line.qty != ONE:
        detail = f"{format_qty(line.qty)} × {price}"
    return ShownLine(line.item.name, detail, format_amount(line.amount, currency))
