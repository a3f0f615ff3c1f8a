"""Payments in words: what each is called, what is told of it, and what to do with the money to undo it."""

from __future__ import annotations

from collections.abc import Sequence

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.tender import Tender
from pos_desktop.domain.tender_kinds import NAMES, STORED

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


def inner_name(kind: str) -> str:
    """A kind as it stands within a sentence: "gift card", but "M-Pesa"."""
    name = NAMES[kind]
    return name if kind == "mobile" else name.lower()


def payment_note(tender: Tender, currency: Currency) -> str:
    """The second line of a payment taken: its slip, its code's end, what is left on it."""
    if tender.kind in STORED:
        left = "" if tender.left is None else f", {format_amount(tender.left, currency)} left"
        return f"ending {tender.ref[-4:]}{left}"
    if not tender.ref:
        return ""
    return {"card": f"slip {tender.ref}", "cheque": f"no. {tender.ref}"}.get(tender.kind, tender.ref)


def undo_words(tender: Tender, currency: Currency) -> str:
    """What has to be done before a payment is taken back; "" when a tap does it."""
    money = format_money(tender.amount, currency)
    return {
        "card": f"Refund {money} on the terminal first",
        "mobile": f"Send {money} back by {NAMES['mobile']} first",
        "cheque": "Give the cheque back first",
    }.get(tender.kind, "")


def give_back_words(tenders: Sequence[Tender], currency: Currency) -> str:
    """What to give back to undo all of these, in sentences; "" when there is nothing."""
    cash = sum(tender.amount for tender in tenders if tender.kind == "cash")
    card = sum(tender.amount for tender in tenders if tender.kind == "card")
    mobile = sum(tender.amount for tender in tenders if tender.kind == "mobile")
    todo = [f"Give back {format_money(cash, currency)} cash."] if cash else []
    todo += [f"Refund {format_money(card, currency)} on the terminal."] if card else []
    todo += [f"Send {format_money(mobile, currency)} back by {NAMES['mobile']}."] if mobile else []
    todo += ["Give the cheque back."] if any(tender.kind == "cheque" for tender in tenders) else []
    if tenders and not todo:
        return "Nothing is taken from the card or account."
    return " ".join(todo)
