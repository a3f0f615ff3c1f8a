"""Small papers of their own: a drawer opened without a sale, cash in and out, a test page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_desktop.domain.money import format_money
from pos_desktop.domain.receipt import (
    ReportPaper,
    Section,
    ShopPaper,
    in_own_words,
    local_time,
    receipt_number,
)
from pos_desktop.domain.tender_kinds import NAMES
from pos_desktop.domain.value_paper import value_facts
from pos_desktop.words import WordTable, t


def slip(
    shop: ShopPaper,
    title: str,
    facts: Sequence[tuple[str, str]],
    *,
    number: str = "",
    head: str = "",
    sign: Sequence[str] = (),
    messages: Sequence[str] = (),
    training: bool = False,
) -> ReportPaper:
    """A small paper of its own: a drawer opened without a sale, a drop to the safe, a test page."""
    return ReportPaper(
        shop=shop,
        title=title,
        facts=tuple(facts),
        number=number,
        head=head[:16],
        sign=tuple(sign),
        messages=tuple(messages),
        training=training,
    )


def _common(document: Mapping[str, Any], shop: ShopPaper, cashier: str) -> list[tuple[str, str]]:
    """Where, who and when: what every slip of a document begins with."""
    return [
        (t("Till"), str(document["till"])),
        (t("Cashier"), cashier),
        (t("Time"), local_time(document["at"], shop.zone, document.get("offset_ms", 0))),
    ]


def _number(document: Mapping[str, Any]) -> str:
    return receipt_number(document["store"], document["till"], document["epoch"], document["no"])


@in_own_words
def value_slip(
    kind: str, code: str, amount: int, shop: ShopPaper, *, at: str, offset_ms: int = 0
) -> ReportPaper:
    """The slip of a gift card or credit that stands on nothing else: its barcode is as good as money."""
    facts = (
        (t("Date"), local_time(at, shop.zone, offset_ms)),
        *value_facts(kind, code, amount, shop.currency),
    )
    return slip(shop, NAMES[kind], facts, number=code)


@in_own_words
def no_sale_slip(document: Mapping[str, Any], shop: ShopPaper, *, head: str, cashier: str) -> ReportPaper:
    """The slip of a no-sale document: who opened the drawer, when and why, with a line to sign."""
    facts = (*_common(document, shop, cashier), (t("Reason"), str(document["reason"])))
    training = bool(document.get("training"))
    return slip(
        shop,
        t("No sale"),
        facts,
        number=_number(document),
        head=head,
        sign=(t("Signed"),),
        training=training,
    )


_CASH_TITLES = WordTable(
    {"drop": "Cash to the safe", "pay_in": "Paid in", "pay_out": "Paid out", "float": "Float"}
)
_CASH_SIGNS = WordTable({"drop": "Taken by", "pay_out": "Received by"})


@in_own_words
def cash_slip(
    document: Mapping[str, Any], shop: ShopPaper, *, head: str, cashier: str, allowed_by: str = ""
) -> ReportPaper:
    """The slip of cash in or out of the drawer: how much, why, who, and a line for who got the money."""
    way, amount = str(document["direction"]), format_money(abs(document["amount"]), shop.currency)
    facts = [*_common(document, shop, cashier), (t("Reason"), str(document["reason"]))]
    if allowed_by:
        facts.append((t("Allowed by"), allowed_by))
    return ReportPaper(
        shop=shop,
        title=_CASH_TITLES[way],
        facts=tuple(facts),
        sections=(Section(t("Cash"), ((t("Amount"), amount),), strong=True),),
        number=_number(document),
        head=head[:16],
        sign=(t("Signed"), *([_CASH_SIGNS[way]] if way in _CASH_SIGNS else [])),
        training=bool(document.get("training")),
    )
