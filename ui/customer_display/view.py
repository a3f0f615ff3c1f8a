"""What the customer is shown, as frozen values made of the sale; never an age, a question or a code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from pos_desktop.domain.basket import Basket, Line, Totals
from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.quantity import ONE, format_qty
from pos_desktop.domain.tender import Tendering
from pos_desktop.domain.tender_kinds import NAMES
from pos_desktop.words import t

DisplayKind = Literal["idle", "sale", "paying", "change", "thanks"]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the customer reads it: ``detail`` is empty for one piece at its price."""

    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class DisplayView:
    """One state of the display; amounts are texts in the shop's currency, empty where there is none.

    ``back``: the money goes to the customer. ``training``: nothing is sold, and the customer can see it.
    """

    kind: DisplayKind = "idle"
    lines: tuple[ShownLine, ...] = ()
    total: str = ""
    tax: str = ""
    savings: str = ""
    paid: tuple[tuple[str, str], ...] = ()
    due: str = ""
    change: str = ""
    back: bool = False
    training: bool = False


def sale_view(basket: Basket, totals: Totals, currency: Currency) -> DisplayView:
    """The lines with the running total, the one that changed last at the end."""
    ordered = sorted(basket.lines, key=lambda line: line.n == basket.touched)
    return DisplayView(
        "sale" if basket.lines else "idle",
        tuple(_shown(line, currency) for line in ordered),
        format_money(abs(totals.total), currency),
        format_money(totals.tax, currency) if basket.tax_mode == "added" and totals.tax else "",
        format_money(totals.off, currency) if totals.off > 0 else "",
        back=totals.total < 0,
    )


def paying_view(shown: DisplayView, tendering: Tendering, currency: Currency) -> DisplayView:
    """The same sale with what is paid and what is still due."""
    paid = tuple((NAMES[t.kind], format_money(abs(t.amount), currency)) for t in tendering.tenders)
    return replace(shown, kind="paying", paid=paid, due=format_money(tendering.remaining, currency))


def change_view(tendering: Tendering, currency: Currency) -> DisplayView:
    """What is given back; without change a word of thanks."""
    total = format_money(abs(tendering.total), currency)
    if tendering.back:
        return DisplayView("change", total=total, change=total, back=True)
    if not tendering.change:
        return DisplayView("thanks", total=total)
    return DisplayView("change", total=total, change=format_money(tendering.change, currency))


def _shown(line: Line, currency: Currency) -> ShownLine:
    price = format_amount(line.price, currency)
    parts = []
    if line.item.weighed:
        parts.append(f"{format_qty(line.qty, line.item.unit)} × {price} / {line.item.unit}")
    elif line.qty != ONE:
        parts.append(f"{format_qty(line.qty)} × {price}")
    if line.off > 0:
        parts.append(t("you save {amount}", amount=format_amount(line.off, currency)))
    return ShownLine(line.item.name, " · ".join(parts), format_amount(line.net, currency))
