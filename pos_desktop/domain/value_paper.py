"""Gift cards and credit on paper: how a payment by one reads, and the slip that is as good as money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.tender_kinds import NAMES, STORED
from pos_desktop.words import t

_MADE = re.compile(r"(?:GC|SC|VC)[0-9A-HJKMNP-TV-Z]{12}")
"""A code the server made up: on nothing but our own paper. A card that was scanned has its code on itself."""


def tender_words(tender: Mapping[str, Any]) -> str:
    """A payment as paper names it: ``Card 0042``, ``Gift card ending XW8R``, ``M-Pesa QGH7X5K2PL``."""
    kind, ref = str(tender["kind"]), str(tender.get("ref") or "")
    name = NAMES.get(kind, kind.replace("_", " ").capitalize())
    if not ref:
        return name
    if kind in (*STORED, "account"):
        return t("{name} ending {end}", name=name, end=ref[-4:])
    return f"{name} {ref}"


def tender_note(tender: Mapping[str, Any], currency: Currency) -> str:
    """What is left on a card, that a voucher is used up, the code of a new credit; "" for nothing to say."""
    ref = str(tender.get("ref") or "")
    if tender["amount"] < 0 and tender["kind"] in STORED and _MADE.fullmatch(ref):
        return t("code {code}", code=grouped_code(ref))
    if tender.get("value"):
        return t("worth {amount}, used up", amount=format_amount(tender["value"], currency))
    if "left" in tender:
        return t("{amount} left on it", amount=format_amount(tender["left"], currency))
    return ""


def loaded_note(line: Mapping[str, Any]) -> str:
    """Which card a line loaded: all of a code that stands nowhere else, of any other its end."""
    code = str(line["code"])
    if _MADE.fullmatch(code):
        return t("code {code}", code=grouped_code(code))
    return t("ending {end}", end=code[-4:])


def made_codes(document: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """(kind, code, amount put on it) of each gift card and credit whose code stands on our paper alone."""
    for line in document["lines"]:
        if "account" in line and line["amount"] > 0 and _MADE.fullmatch(str(line["code"])):
            yield "gift_card", str(line["code"]), int(line["amount"])
    for tender in document["tenders"]:
        code = str(tender.get("ref") or "")
        if tender["amount"] < 0 and tender["kind"] in STORED and _MADE.fullmatch(code):
            yield str(tender["kind"]), code, -int(tender["amount"])


def value_facts(kind: str, code: str, amount: int, currency: Currency) -> tuple[tuple[str, str], ...]:
    """What stands on the slip of a gift card or credit beside its barcode."""
    code_of = t("{name} code", name=NAMES[kind])
    return ((t("Put on it"), format_money(amount, currency)), (code_of, grouped_code(code)))


def grouped_code(code: str) -> str:
    """A code in groups that can be read aloud and typed: ``GC 7Q2M KP01 XW8R``."""
    head, rest = code[:2], code[2:]
    return " ".join((head, *(rest[n : n + 4] for n in range(0, len(rest), 4))))
