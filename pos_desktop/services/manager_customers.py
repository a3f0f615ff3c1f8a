"""Customers as a manager has them: found, changed field by field, erased; never over another's change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pos_desktop.database import manager_customers as rows
from pos_desktop.domain.customer import MAX_NAME, phone_key
from pos_desktop.domain.customer_rules import MAX_CARD, card_key
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.manager import PAGE_SIZE, ManagerDesk, Page, Store
from pos_desktop.services.typed_text import kept_text

add_messages(
    {
        "customers.name": "A customer has a name, of at most {most} letters.\nType one, then Enter.",
        "customers.phone": "That is no phone number.\nType all its digits, or leave it empty.",
        "customers.card": "That is no customer card.\nScan the card again, or leave it empty.",
        "customers.date": "That is no day.\nType it as 2027-12-31, or leave it empty.",
        "customers.limit": "That is no sum.\nType the limit; 0 stops charging. An account stays.",
        "customers.phone_taken": (
            "Another customer has this phone number or this card.\n"
            "Find them by it, and take it away there first."
        ),
        "customers.card_taken": (
            "Another customer has this card.\nFind them by it, and take it away there first."
        ),
        "customers.group": "This group is not there any more.\nRead the page again, then choose another.",
        "customers.gone": "This customer was erased meanwhile.\nNothing was changed.",
        "customers.customer": (
            "This does not fit what a customer can be.\nLook at what was typed, then Enter again."
        ),
        "customers.every_store": (
            "House accounts and erasing are the whole shop's, and your login is not for every store.\n"
            "Ask a manager of all stores."
        ),
        "customers.owes": (
            "This customer's house account is not at zero.\nSettle it at a till first, then erase the person."
        ),
        "customers.conflict": (
            "Somebody else changed this customer meanwhile; theirs is shown.\n"
            "Change it again if it still has to be."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Words of a name, digits of a phone number, a card's code, or the number."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class CustomerChoices:
    """Groups by code and name, and the store's dial code."""

    groups: tuple[tuple[str, str], ...]
    dial: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer. ``points`` in millionths; ``limit`` and ``owed`` in minor units, None: no account."""

    id: int
    row_version: int
    name: str
    search: str
    phone: str
    card: str
    consent: bool
    points: int
    limit: int | None
    owed: int | None
    tax_number: str
    certificate: str
    certificate_codes: tuple[str, ...]
    certificate_until: str
    groups: tuple[str, ...]
    made_at: str

    @property
    def key(self) -> tuple[str, int]:
        """Found again by the folded name, then the number."""
        return (self.search, self.id)


class ManagerCustomers:
    """Reads and changes customers; every method blocks, so it is called in a lane."""

    def __init__(self, desk: ManagerDesk, store: Store) -> None:
        self._database, self._store = desk.database, store
        self._mine: dict[int, int] = {}

    def page(
        self, wanted: CustomerFilter, _sort: str = "", after: Sequence[Any] | None = None
    ) -> Page[CustomerRow]:
        """One page, by name."""
        with self._database.lookups.connection() as connection:
            found = rows.page(connection, wanted.words, after, PAGE_SIZE)
        return Page(tuple(_row(each) for each in found["rows"]), bool(found["more"]))

    def count(self, wanted: CustomerFilter) -> tuple[int, bool]:
        """How many there are, and whether counting stopped."""
        with self._database.lookups.connection() as connection:
            return rows.count(connection, wanted.words)

    def choices(self) -> CustomerChoices:
        """What one chooses from."""
        with self._database.lookups.connection() as connection:
            found = rows.choices(connection, self._store.number)
        return CustomerChoices(tuple((code, name) for code, name in found["groups"]), found["dial"])

    def save(self, row: CustomerRow, changes: Mapping[str, Any]) -> CustomerRow:
        """Change what is named; the customer as it is now. UserError: it does not fit, somebody was first."""
        version = max(row.row_version, self._mine.get(row.id, 0))
        with self._database.sale.connection() as connection:
            answer = rows.save(connection, row.id, version, changes)
        if answer["outcome"] == "refused":
            raise UserError(f"customers.{answer['reason']}", most=MAX_NAME)
        if answer["outcome"] == "conflict":
            raise UserError("customers.conflict")
        saved = _row(answer["customer"])
        # What is typed next may have been typed before this answer came: it follows this change only.
        self._mine[row.id] = saved.row_version
        return saved

    def erase(self, row: CustomerRow) -> None:
        """Take the person out of the shop; UserError while the account is not at zero."""
        with self._database.sale.connection() as connection:
            answer = rows.erase(connection, row.id, row.row_version)
        if answer["outcome"] != "ok":
            raise UserError(f"customers.{answer.get('reason', 'conflict')}", most=MAX_NAME)


def typed(field: str, text: str, dial: str) -> Any:
    """A field as the server takes it; UserError says what is wrong with what was typed."""
    kept = kept_text(" ".join(text.split()))
    if field == "name" and (not any(ch.isalpha() for ch in kept) or len(kept) > MAX_NAME):
        raise UserError("customers.name", most=MAX_NAME)
    if field == "phone" and kept:
        kept = phone_key(text, dial)
        if not kept:
            raise UserError("customers.phone")
    if field == "card":
        kept = card_key(text)
        if len(kept) > MAX_CARD or not kept.isascii():
            raise UserError("customers.card")
    if field == "certificate_until" and kept and not re.fullmatch(r"\d{4}-\d\d-\d\d", kept, re.ASCII):
        raise UserError("customers.date")
    if field == "certificate_codes":
        return [code for code in re.split(r"[\s,;]+", kept) if code]
    return kept


def _row(told: Mapping[str, Any]) -> CustomerRow:
    return CustomerRow(
        id=told["number"],
        row_version=told["row_version"],
        name=told["name"],
        search=told["search"],
        phone=told["phone"],
        card=told["card"],
        consent=bool(told["consent"]),
        points=told["points"],
        limit=told["limit"],
        owed=told["owed"],
        tax_number=told["tax_number"],
        certificate=told["certificate"],
        certificate_codes=tuple(told["certificate_codes"]),
        certificate_until=told["certificate_until"],
        groups=tuple(told["groups"]),
        made_at=told["made_at"],
    )
