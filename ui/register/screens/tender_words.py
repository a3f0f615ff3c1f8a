"""Payments in words: what each is called, what is told of it, and what to do with the money to undo it."""

from __future__ import annotations

from collections.abc import Sequence

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.domain.tender_kinds import STORED
from pos_desktop.words import later, t

ICONS = {
    "cash": "banknote",
    "card": "credit-card",
    "gift_card": "gift",
    "store_credit": "gift",
    "voucher": "ticket-percent",
    "mobile": "wallet",
    "cheque": "pen-line",
    "account": "user-check",
    "points": "hand-coins",
}


INNER = {
    "cash": later("cash"),
    "card": later("card"),
    "gift_card": later("gift card"),
    "store_credit": later("store credit"),
    "voucher": later("voucher"),
    "mobile": later("M-Pesa"),
    "cheque": later("cheque"),
    "account": later("on account"),
    "points": later("points"),
}


def inner_name(kind: str) -> str:
    """A kind as it stands within a sentence: "gift card", but "M-Pesa"."""
    return t(INNER[kind])


def payment_note(tender: Tender, currency: Currency) -> str:
    """The second line of a payment taken: its slip, its code's end, what is left on it."""
    if tender.kind in STORED:
        end = tender.ref[-4:]
        if tender.left is None:
            return t("ending {end}", end=end)
        return t("ending {end}, {left} left", end=end, left=format_amount(tender.left, currency))
    if not tender.ref:
        return ""
    return {"card": t("slip {ref}", ref=tender.ref), "cheque": t("no. {ref}", ref=tender.ref)}.get(
        tender.kind, tender.ref
    )


def undo_words(tender: Tender, currency: Currency) -> str:
    """What has to be done before a payment is taken back; "" when a tap does it."""
    money = format_money(tender.amount, currency)
    return {
        "card": t("Refund {money} on the terminal first", money=money),
        "mobile": t("Send {money} back by {name} first", money=money, name=inner_name("mobile")),
        "cheque": t("Give the cheque back first"),
    }.get(tender.kind, "")


def give_back_words(tenders: Sequence[Tender], currency: Currency) -> str:
    """What to give back to undo all of these, in sentences; "" when there is nothing."""
    texts = {
        "cash": later("Give back {money} cash."),
        "card": later("Refund {money} on the terminal."),
        "mobile": later("Send {money} back by {name}."),
    }
    todo = []
    for kind, text in texts.items():
        amount = sum(tender.amount for tender in tenders if tender.kind == kind)
        if amount:
            todo.append(t(text, money=format_money(amount, currency), name=inner_name(kind)))
    todo += [t("Give the cheque back.")] if any(tender.kind == "cheque" for tender in tenders) else []
    if tenders and not todo:
        return t("Nothing is taken from the card or account.")
    return " ".join(todo)


def paid_words(tendering: Tendering, currency: Currency) -> str:
    """How much of the sale is paid; before the first payment what the sale comes to."""
    total = format_money(tendering.total, currency)
    if not tendering.tenders:
        return t("Sale total {total}", total=total)
    return t("Paid {paid} of {total}", paid=format_money(tendering.given, currency), total=total)


def change_note(change: int, currency: Currency) -> str:
    """What comes back of a sum, as the note on its key."""
    return t("change {change}", change=format_amount(change, currency))
