"""Customers at the till: what may be looked for, what a till learns of one, and the form that adds one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pos_desktop.domain.barcode import card_within
from pos_desktop.domain.catalogue import fold
from pos_desktop.domain.customer_rules import MAX_CARD, CustomerRules, card_key
from pos_desktop.words import t

NAME_LETTERS = 3
"""A name is looked for from this many letters on."""
PHONE_DIGITS = (6, 15)
"""Digits of a phone number with its country: E.164 gives 15 at most."""
MAX_NAME = 100

How = Literal["phone", "card", "name", "chosen", "number"]


class CustomerError(ValueError):
    """What was typed of a customer cannot be taken; ``str()`` says it in words for the cashier."""


@dataclass(frozen=True, slots=True)
class HouseAccount:
    """What may be owed and what is, minor units; ``owed`` below zero is paid ahead.

    ``blocked``: nothing more goes on it; what is owed may still be paid.
    """

    id: int
    limit: int
    owed: int
    blocked: bool = False

    @property
    def left(self) -> int:
        """What may still be charged without anybody's approval, minor units."""
        return 0 if self.blocked else max(self.limit - self.owed, 0)


@dataclass(frozen=True, slots=True)
class Customer:
    """What a till learns of the one customer it serves.

    ``phone_end`` are the last digits only; ``groups`` are codes that promotions and price levels name.
    ``points`` are millionths. ``certificate`` frees from the taxes in ``certificate_codes``, its last day is
    ``certificate_until`` (2027-03-31, or empty).
    """

    number: int
    name: str
    phone_end: str = ""
    groups: tuple[str, ...] = ()
    group_names: tuple[str, ...] = ()
    points: int = 0
    account: HouseAccount | None = None
    consent: bool = False
    tax_number: str = ""
    certificate: str = ""
    certificate_codes: tuple[str, ...] = ()
    certificate_until: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of a few customers whose name fits: a first name with an initial, and the end of the phone."""

    number: int
    name: str
    phone_end: str = ""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, in the one form in which it is kept."""

    how: How
    what: str


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer as the short form at the till has it; ``consent``: may be written to with offers."""

    name: str
    phone: str = ""
    card: str = ""
    consent: bool = False


# -- looking for one --------------------------------------------------------------------------------


def phone_key(text: str, dial: str = "") -> str:
    """A phone number in the one form it is kept in: digits with the country's, "" when it is none.

    "07700 900123" with dial 44 is 447700900123, and so are "+44 7700 900123" and "0044 7700 900123".
    """
    if not re.fullmatch(r"\s*\+?[\d\s()./-]*\d[\d\s()./-]*", text) or not text.isascii():
        return ""
    abroad = text.lstrip().startswith(("+", "00"))
    digits = re.sub(r"\D", "", text.replace("(0)", "") if abroad else text)
    if abroad:
        digits = digits.removeprefix("00")
    elif digits.startswith("0") and dial:
        digits = dial + digits[1:]
    return digits if PHONE_DIGITS[0] <= len(digits) <= PHONE_DIGITS[1] else ""


def sought(text: str, rules: CustomerRules, *, scanned: bool = False) -> Sought:
    """What a cashier typed or scanned to find a customer. CustomerError says what would do.

    A scan is a card, and so is a typed code that begins like one; digits are a phone number; anything else is
    a part of the name, from three letters on. A payment card's number is never looked for.
    """
    if card_within(text) is not None:
        raise CustomerError(t("That is a payment card. It is read at the card terminal, never here."))
    if scanned or rules.is_card(text):
        key = card_key(text)
        if not key.isascii() or not key.isprintable() or not 0 < len(key) <= MAX_CARD:
            raise CustomerError(t("That is no customer card. Scan the card, or type the phone number."))
        return Sought("card", key)
    phone = phone_key(text, rules.dial)
    if phone:
        return Sought("phone", phone)
    words = " ".join(fold(text[:MAX_NAME]).split())
    if sum(ch.isalpha() for ch in words) < NAME_LETTERS:
        raise CustomerError(t("Type the phone number, or three letters of the name."))
    return Sought("name", words)


def new_customer(name: str, phone: str, card: str, consent: bool, rules: CustomerRules) -> NewCustomer:
    """The short form, checked: a name, and a phone number or a card. CustomerError says what is missing."""
    kept = " ".join(name.split())
    if not kept or not any(ch.isalpha() for ch in kept) or len(kept) > MAX_NAME:
        raise CustomerError(t("Type the customer's name, up to {n} letters.", n=MAX_NAME))
    if any(card_within(text) is not None for text in (kept, phone, card)):
        raise CustomerError(t("That holds a payment card's number, which is never kept."))
    key = phone_key(phone, rules.dial) if phone.strip() else ""
    if phone.strip() and not key:
        raise CustomerError(t("That is no phone number. Type all its digits."))
    card_code = card_key(card)
    if len(card_code) > MAX_CARD or not card_code.isascii():
        raise CustomerError(t("That is no customer card. Scan the card again."))
    if not key and not card_code:
        raise CustomerError(t("Type the phone number, or scan the customer's card."))
    return NewCustomer(kept, key, card_code, consent)


def read_customer(card: Mapping[str, Any]) -> Customer:
    """A customer as ``api.customer_found`` tells of one; KeyError or ValueError for anything else."""
    account = card.get("account")
    groups = card.get("groups") or ()
    return Customer(
        number=int(card["number"]),
        name=str(card["name"]),
        phone_end=str(card.get("phone_end") or ""),
        groups=tuple(str(code) for code, _ in groups),
        group_names=tuple(str(name) for _, name in groups),
        points=int(card.get("points") or 0),
        account=None if account is None else _account(account),
        consent=bool(card.get("consent")),
        tax_number=str(card.get("tax_number") or ""),
        certificate=str(card.get("certificate") or ""),
        certificate_codes=tuple(str(code) for code in card.get("certificate_codes") or ()),
        certificate_until=str(card.get("certificate_until") or ""),
    )


def _account(fields: Mapping[str, Any]) -> HouseAccount:
    return HouseAccount(
        int(fields["id"]), int(fields["limit"]), int(fields["owed"]), bool(fields.get("blocked"))
    )
