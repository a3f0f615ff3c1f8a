"""Papers of house accounts: the statement, and the slip of a payment received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos_desktop.domain.customer import HouseAccount
from pos_desktop.domain.document import utc_text
from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.domain.receipt import (
    ReportPaper,
    Section,
    ShopPaper,
    in_own_words,
    local_time,
    receipt_number,
)
from pos_desktop.words import WordTable, t

_WORDS = WordTable(
    {
        "tender": "Charged",
        "back": "Taken back",
        "payment": "Payment",
        "issue": "Set by the office",
    }
)
_KINDS = WordTable({"cash": "Cash", "card": "Card"})


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One change of a house account, minor units: an ``amount`` above zero pays, a ``balance`` below is owed.

    ``number`` is the receipt's, empty for a change by the office.
    """

    at: str
    source: str
    amount: int
    balance: int
    number: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A house account as it stands at ``at``, with its newest lines, the oldest of them first."""

    name: str
    number: int
    account: HouseAccount
    lines: tuple[StatementLine, ...]
    at: datetime


@in_own_words
def statement_paper(statement: Statement, shop: ShopPaper) -> ReportPaper:
    """The statement for the customer: what was owed before the first line, each line, what is owed now."""
    cur, account = shop.currency, statement.account
    before = -(statement.lines[0].balance - statement.lines[0].amount) if statement.lines else account.owed
    rows: list[tuple[str, str]] = [(t("Owed before"), format_amount(before, cur))]
    rows += [row for line in statement.lines for row in _line_rows(line, shop)]
    rows.append((t("Owed now"), format_money(account.owed, cur)))
    facts = (
        (t("Customer"), statement.name),
        (t("Customer number"), str(statement.number)),
        (t("Printed"), local_time(utc_text(statement.at), shop.zone)),
        (t("Limit"), format_money(account.limit, cur)),
    )
    return ReportPaper(shop, t("Account statement"), facts, (Section("", tuple(rows), strong=True),))


def _line_rows(line: StatementLine, shop: ShopPaper) -> tuple[tuple[str, str], ...]:
    """What happened and by how much the debt changed; below it when, and on which receipt."""
    source = "back" if line.source == "tender" and line.amount > 0 else line.source
    words = _WORDS.get(source, source.capitalize())
    when = local_time(line.at, shop.zone)
    return ((words, format_amount(-line.amount, shop.currency)), (f"  {when}", line.number))


@in_own_words
def account_charge_slip(
    document: Mapping[str, Any], shop: ShopPaper, *, head: str, cashier: str, customer: str
) -> ReportPaper | None:
    """The shop's slip of a sale charged to a house account, for the customer to sign; None: it was not."""
    charged = sum(each["amount"] for each in document["tenders"] if each["kind"] == "account")
    if charged <= 0:
        return None
    facts = (
        (t("Till"), str(document["till"])),
        (t("Cashier"), cashier),
        (t("Time"), local_time(document["at"], shop.zone, document.get("offset_ms", 0))),
        (t("Customer"), customer),
        (t("Customer number"), str(document["customer"])),
    )
    return ReportPaper(
        shop,
        t("Charged to account"),
        facts,
        (Section("", ((t("Charged"), format_money(charged, shop.currency)),), strong=True),),
        head=head[:16],
        number=receipt_number(document["store"], document["till"], document["epoch"], document["no"]),
        sign=(t("Signed"),),
    )


@in_own_words
def account_payment_slip(
    document: Mapping[str, Any], shop: ShopPaper, *, head: str, cashier: str, customer: str, copy: int = 0
) -> ReportPaper:
    """The customer's slip of a payment received on account; ``customer`` is the name, or the number alone."""
    cur, tender = shop.currency, document["tender"]
    kind = _KINDS.get(tender["kind"], str(tender["kind"]))
    paid = f"{kind} {tender['ref']}" if tender.get("ref") else kind
    facts = (
        (t("Till"), str(document["till"])),
        (t("Cashier"), cashier),
        (t("Time"), local_time(document["at"], shop.zone, document.get("offset_ms", 0))),
        (t("Customer"), customer),
    )
    rows = (
        (paid, format_amount(document["amount"], cur)),
        (t("Received"), format_money(document["amount"], cur)),
    )
    return ReportPaper(
        shop,
        t("Payment on account"),
        facts,
        (Section("", rows, strong=True),),
        head=head[:16],
        number=receipt_number(document["store"], document["till"], document["epoch"], document["no"]),
        copy=copy,
    )
