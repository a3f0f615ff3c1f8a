"""Goods that come back: what of a receipt may still be returned, what each piece gives back, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pos_desktop.domain.basket import Basket
from pos_desktop.domain.basket_parts import BACK, Back, BackTo, Exempt, Item, Line, refuse
from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.quantity import ONE, format_qty
from pos_desktop.domain.rounding import CashPolicy, cash_rounding
from pos_desktop.domain.tender import Tender
from pos_desktop.domain.tender_kinds import TenderKind
from pos_desktop.words import t

TAKES_BACK = ("card", "gift_card", "store_credit", "account", "points")
"""Ways of paying that money goes back to; for everything else it is given back in cash."""


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a receipt as it was sold: its item with that price and tax, and what of it came back since.

    ``net`` is what was paid for it after promotions and discounts (minor units, tax as priced), quantities
    are thousandths, ``deposit_for`` is the line whose deposit this is.
    """

    n: int
    item: Item
    code: str
    qty: int
    net: int
    back_qty: int = 0
    back_amount: int = 0
    department: str = ""
    deposit_for: int = 0

    @property
    def left(self) -> int:
        """How much of it may still come back."""
        return max(self.qty - self.back_qty, 0)

    def gives(self, qty: int) -> int:
        """What ``qty`` thousandths of it give back, minor units.

        Its share of what was paid, rounded cumulatively: however many pieces come back at a time, the last
        takes the rest, and all together give back exactly what was paid.
        """
        return divide_half_up(self.net * (self.back_qty + qty), self.qty) - self.back_amount


@dataclass(frozen=True, slots=True)
class PaidBy:
    """What a receipt was paid by, minor units, change taken off; ``back`` of it was given back since.

    ``ref`` is a card's slip reference; ``account`` the gift card, credit or account it came from.
    """

    kind: TenderKind
    amount: int
    back: int = 0
    ref: str = ""
    account: int = 0

    @property
    def left(self) -> int:
        """How much may still go back this way."""
        return max(self.amount - self.back, 0)


@dataclass(frozen=True, slots=True)
class SoldSale:
    """A receipt to take goods back of: its document, its number as printed, when, its lines and payments.

    ``customer`` bought it (a number, 0: nobody named), with these price levels, and was given ``points_rate``
    millionths of a point for a minor unit; ``point_worth`` minor units is what a point pays now.
    """

    document: str
    receipt: str
    at: datetime
    total: int
    lines: tuple[SoldLine, ...]
    paid: tuple[PaidBy, ...]
    exempt: Exempt | None = None
    customer: int = 0
    levels: tuple[str, ...] = ()
    points_rate: int = 0
    point_worth: int = 0

    @property
    def over(self) -> bool:
        """Everything came back already."""
        return not any(line.left for line in self.lines)

    def line(self, n: int) -> SoldLine:
        """The line numbered ``n`` on the receipt; KeyError when there is none."""
        for line in self.lines:
            if line.n == n:
                return line
        raise KeyError(n)

    def deposits_of(self, n: int) -> tuple[SoldLine, ...]:
        """The deposits sold with line ``n``: they come back with it."""
        return tuple(line for line in self.lines if line.deposit_for == n)


@dataclass(frozen=True, slots=True)
class GiveBack:
    """One way money goes back, minor units above 0; ``document`` is the sale it was paid for, "" for cash.

    ``ref`` is the reference it was paid with, ``slip`` that of a card's refund on the terminal, ``done`` once
    the terminal has refunded it.
    """

    kind: TenderKind
    amount: int
    document: str = ""
    ref: str = ""
    account: int = 0
    slip: str = ""
    done: bool = False

    @property
    def tender(self) -> Tender:
        """As the document states it: a negative tender."""
        ref = self.slip if self.kind == "card" else self.ref
        return Tender(self.kind, -self.amount, ref, account=self.account, back=self.document)


# -- goods -------------------------------------------------------------------------------------------


def taken(basket: Basket, document: str, n: int) -> int:
    """How much of a sold line (thousandths) the basket takes back already."""
    return -sum(line.qty for line in basket.lines if _is_of(line, document, n))


def _is_of(line: Line, document: str, n: int) -> bool:
    return line.back is not None and line.back.document == document and line.back.line == n


def take_back(basket: Basket, sale: SoldSale, n: int, qty: int, to: BackTo, reason: str) -> Basket:
    """The basket with ``qty`` thousandths of line ``n`` of a receipt coming back, and its deposits with them.

    In the place of what the basket took back of that line before. BasketError: back_over (more than is left),
    quantity, full; back_exempt when the receipts were taxed differently, back_customer when they are of
    different customers.
    """
    sold = sale.line(n)
    basket = _as_bought(_as_taxed(leave(basket, sale.document, n), sale), sale)
    after = _with_line(basket, sale, sold, qty, to, reason, 0)
    main = after.touched
    for deposit in sale.deposits_of(n):
        after = leave(after, sale.document, deposit.n)
        share = min(divide_half_up(deposit.qty * qty, sold.qty), deposit.left)
        if share:
            after = _with_line(after, sale, deposit, share, to, reason, main)
    return replace(after, touched=main)


def _as_bought(basket: Basket, sale: SoldSale) -> Basket:
    """The basket in the name of who was given points for the sale: they are taken back from the same one."""
    if not sale.points_rate or basket.customer == sale.customer:
        return basket
    if basket.customer:
        refuse(
            "back_customer",
            t("{receipt} is another customer's. Take the customer off the sale first.", receipt=sale.receipt),
        )
    return basket.stepped(replace(basket, customer=sale.customer, levels=sale.levels))


def leave(basket: Basket, document: str, n: int) -> Basket:
    """The basket without what it took back of a sold line."""
    for line in basket.lines:
        if _is_of(line, document, n):
            return basket.remove(line.n)
    return basket


def _with_line(
    basket: Basket, sale: SoldSale, sold: SoldLine, qty: int, to: BackTo, reason: str, deposit_for: int
) -> Basket:
    if qty <= 0 or (not sold.item.weighed and qty % ONE):
        refuse("quantity", t("Type how many come back, in whole pieces."))
    if qty > sold.left:
        refuse(
            "back_over", t("No more than {n} of {name} can come back.", n=_count(sold), name=sold.item.name)
        )
    back = Back(to, sale.document, sold.n, reason, sale.receipt, sale.points_rate)
    item = sold.item
    line = Line(0, item, sold.code, -qty, item.price, item.price_version, -sold.gives(qty), (BACK,))
    return basket.append(replace(line, back=back, department=sold.department, deposit_for=deposit_for))


def _count(sold: SoldLine) -> str:
    return format_qty(sold.left, sold.item.unit)


def _as_taxed(basket: Basket, sale: SoldSale) -> Basket:
    """Tax is given back as it was taken: a customer who was exempt then is now."""
    if basket.exempt == sale.exempt:
        return basket
    if not basket.empty:
        refuse("back_exempt", t("That receipt was taxed differently. Refund it by itself."))
    return replace(basket, exempt=sale.exempt)


def take_unproven(
    basket: Basket, item: Item, price: int, version: int, qty: int, to: BackTo, reason: str
) -> Basket:
    """The basket with goods coming back without a receipt, at ``price`` (minor units a unit) of that version.

    BasketError: quantity, full, price_needed for what has no price of its own.
    """
    if not version:
        refuse(
            "price_needed",
            t("{name} has no price on file. It cannot come back without a receipt.", name=item.name),
        )
    if qty <= 0 or (not item.weighed and qty % ONE):
        refuse("quantity", t("Type how many come back, in whole pieces."))
    amount = -divide_half_up(price * qty, ONE)
    priced = replace(item, price=price, price_version=version, min_age=None)
    code = item.code or item.plu
    line = Line(0, priced, code, -qty, price, version, amount, (BACK,), back=Back(to, reason=reason))
    return basket.append(line)


# -- money -------------------------------------------------------------------------------------------


def receipts_of(basket: Basket) -> tuple[str, ...]:
    """The documents a basket takes goods back of, in the order they were scanned."""
    named = (line.back.document for line in basket.lines if line.back is not None and line.back.document)
    return tuple(dict.fromkeys(named))


def ways_back(due: int, sales: Iterable[SoldSale], policy: CashPolicy | None = None) -> tuple[GiveBack, ...]:
    """How ``due`` minor units go back: first the way they came, as far as that was paid; the rest in cash.

    Cash is rounded as it was when it was taken.
    """
    ways: list[GiveBack] = []
    for sale in sales:
        for paid in sorted(sale.paid, key=_first_back):
            amount = min(due, paid.left) if paid.kind in TAKES_BACK else 0
            if paid.kind == "points":  # whole points only
                amount -= amount % sale.point_worth if sale.point_worth else amount
            if amount > 0:
                ways.append(GiveBack(paid.kind, amount, sale.document, paid.ref, paid.account))
                due -= amount
    return (*ways, *all_cash(due, policy))


def _first_back(paid: PaidBy) -> int:
    return TAKES_BACK.index(paid.kind) if paid.kind in TAKES_BACK else len(TAKES_BACK)


def all_cash(due: int, policy: CashPolicy | None = None) -> tuple[GiveBack, ...]:
    """All of ``due`` minor units in cash, rounded as the policy says."""
    cash = due + cash_rounding(due, policy)
    return (GiveBack("cash", cash),) if cash > 0 else ()


def coming_back(basket: Basket) -> int:
    """What the goods that come back are worth, minor units, tax as priced."""
    return -sum(line.amount for line in basket.lines if line.back is not None)
