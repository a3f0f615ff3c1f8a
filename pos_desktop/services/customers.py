"""Customers at the till: found one at a time, added, and money received on their house accounts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from pos_desktop.domain.account_paper import Statement, StatementLine
from pos_desktop.domain.account_payment import account_payment_document
from pos_desktop.domain.basket import Basket
from pos_desktop.domain.customer import (
    Candidate,
    Customer,
    CustomerError,
    NewCustomer,
    read_customer,
    sought,
)
from pos_desktop.domain.customer_rules import CustomerRules
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.domain.tender import Tender
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.core import TillCore
from pos_desktop.services.link import Json
from pos_desktop.services.results import Posted
from pos_desktop.words import WordTable, t_n

add_messages(
    {
        "customer.not_looked_up": (
            "This customer was looked up too long ago.\nFind the customer again, then print the statement."
        ),
        "sale.points": "{words}\nTake the points back, and pay otherwise.",
        "customer.no_account": "{name} has no house account.\nA manager opens one in the inventory window.",
    }
)

STATEMENT_LINES = 40
NAMES_KEPT = 8
"""Names of customers this till remembers, for the papers of their sales."""


@dataclass(frozen=True, slots=True)
class CustomerSeen:
    """The one customer that was found; ``look`` names the look-up for ten minutes."""

    customer: Customer
    look: str


@dataclass(frozen=True, slots=True)
class CustomerNames:
    """A few customers whose name fits: ask, then choose one."""

    names: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class NoCustomer:
    """Nobody, and why, in words for the cashier. ``addable``: nobody has that phone number or card."""

    words: str
    addable: bool = False


CustomerAnswer = CustomerSeen | CustomerNames | NoCustomer

_WORDS = WordTable(
    {
        "more": "Too many names fit. Type more of the name, or the phone number.",
        "taken": "Somebody has that phone number or card already. Find them by it.",
        "nobody": "Sign in again, then look for the customer.",
    }
)
_NONE = WordTable(
    {
        "phone": "Nobody has that phone number. Add them, or try the name.",
        "card": "That card is nobody's yet. Add the customer, or type the phone number.",
        "name": "Nobody's name fits. Try fewer letters, or the phone number.",
    }
)


class Customers:
    """The part of ``TillServices`` that knows customers; never without the server."""

    _core: TillCore
    _customers: dict[int, str]

    def customer_rules(self) -> CustomerRules:
        """What the shop gives its customers, as last read. Never asks anybody."""
        return self._core.rules.customers

    def find_customer(self, text: str, *, scanned: bool = False) -> CustomerAnswer:
        """Who a phone number, a card's code or three letters of a name mean. Counted and noted by the server.

        UserError while the till is alone.
        """
        try:
            asked = sought(text, self.customer_rules(), scanned=scanned)
        except CustomerError as problem:
            return NoCustomer(str(problem))
        return self._seek(asked.how, asked.what)

    def choose_customer(self, number: int) -> CustomerAnswer:
        """The one of a few names that is theirs; or one whose number a held sale names."""
        return self._seek("chosen", str(number))

    def add_customer(self, form: NewCustomer) -> CustomerAnswer:
        """Put a customer on file, with a number of its own."""
        fields = {
            "id": self._core.clock.new_id(),
            "name": form.name,
            "phone": form.phone,
            "card": form.card,
            "consent": int(form.consent),
        }
        return self._seek("new", json.dumps(fields))

    def _seek(self, how: str, what: str) -> CustomerAnswer:
        core = self._core
        core.needs_server()
        answer = core.link.seek_customer(how, what, core.who().number)
        outcome = str(answer["outcome"])
        if outcome == "one":
            seen = CustomerSeen(read_customer(answer["customer"]), str(answer["look"]))
            self._remember_name(seen.customer)
            return seen
        if outcome == "names":
            return CustomerNames(tuple(_candidate(row) for row in answer["names"]))
        if outcome == "wait":
            return NoCustomer(_wait_words(int(answer["seconds"])))
        return NoCustomer(
            _WORDS.get(outcome) or _NONE.get(how, _NONE["name"]), addable=how in ("phone", "card")
        )

    def _remember_name(self, customer: Customer) -> None:
        self._customers.pop(customer.number, None)
        self._customers[customer.number] = customer.name
        while len(self._customers) > NAMES_KEPT:
            del self._customers[next(iter(self._customers))]

    def customer_name(self, number: int) -> str:
        """The name of a customer this till served lately; "" when it does not know. Never asks anybody."""
        return self._customers.get(number, "")

    # -- house accounts --------------------------------------------------------------------------

    def account_statement(self, seen: CustomerSeen) -> Statement:
        """The newest lines of a house account. UserError: looked up too long ago, or there is none."""
        self._core.needs_server()
        answer = self._core.link.account_statement(seen.look, STATEMENT_LINES)
        if answer is None or answer.get("customer") is None:
            raise UserError("customer.not_looked_up")
        customer = read_customer(answer["customer"])
        if customer.account is None:
            raise UserError("customer.no_account", name=customer.name)
        lines = tuple(_statement_line(row) for row in answer["entries"])
        return Statement(customer.name, customer.number, customer.account, lines, self._core.server_now())

    def receive_payment(self, customer: Customer, tender: Tender) -> Posted:
        """Money received on a house account, in cash or by card: a document of its own, no sale.

        ``tender.amount`` is what the account is paid (minor units). UserError without an account, or alone.
        """
        self._core.needs_server()
        account = customer.account
        if account is None:
            raise UserError("customer.no_account", name=customer.name)
        return self._core.record(
            lambda s, p: account_payment_document(s, p, customer.number, account.id, tender)
        )


def _candidate(row: Json) -> Candidate:
    return Candidate(int(row["number"]), str(row["name"]), str(row.get("phone_end") or ""))


def _wait_words(seconds: int) -> str:
    minutes = max(1, -(-seconds // 60))
    return t_n(
        minutes,
        "This till has looked up many customers. The next look-up is in a minute; go on without.",
        "This till has looked up many customers. The next look-up is in {n} minutes; go on without.",
    )


def _statement_line(row: Json) -> StatementLine:
    number = receipt_number(row["store"], row["till"], row["epoch"], row["no"]) if row["no"] else ""
    return StatementLine(str(row["at"]), str(row["source"]), int(row["amount"]), int(row["balance"]), number)


def named(basket: Basket, customer: Customer | None) -> Basket:
    """The basket with this customer on it, or with nobody: prices and promotions are found anew."""
    number, levels = (0, ()) if customer is None else (customer.number, customer.groups)
    return basket.stepped(replace(basket, customer=number, levels=levels))
