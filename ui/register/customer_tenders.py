"""Paying with what is the customer's own: points, and the house account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import Approval
from pos_desktop.domain.customer import HouseAccount
from pos_desktop.domain.money import format_money
from pos_desktop.domain.points import most_points, points_text
from pos_desktop.domain.tender import Tender
from pos_desktop.services.results import Cashier
from pos_desktop.services.tenders import TenderRefused
from pos_desktop.words import later, t
from ui.messages import text_for
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk

OWN = ("account", "points")
"""Ways of paying that need a customer on the sale."""

Took = Callable[[Tender], None]
Say = Callable[[str], None]


class CustomerTenders(QObject):
    """``took`` gets the payment, ``say`` why there is none."""

    def __init__(
        self, desk: Desk, approvals: Approvals, took: Took, say: Say, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._approvals, self._took, self._say = desk, approvals, took, say

    def offered(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """The kinds without those that the sale's customer cannot pay with."""
        customer, rules = self._desk.sale.customer, self._desk.services.customer_rules()
        has = {
            "account": customer is not None and customer.account is not None,
            "points": customer is not None and rules.worth > 0 and customer.points > 0,
        }
        return tuple(kind for kind in kinds if has.get(kind, True))

    def open(self, kind: str, amount: int) -> None:
        """Take ``amount`` (minor units) by points, as far as they go, or on the account."""
        customer = self._desk.sale.customer
        if customer is not None and kind == "points":
            self._points(customer.points, amount)
        elif customer is not None and customer.account is not None:
            self._charge(customer.account, amount)
        else:
            self._say(t("Name the customer on the sale first. Back, then Ctrl+U."))

    def _points(self, balance: int, amount: int) -> None:
        rules = self._desk.services.customer_rules()
        pays = most_points(balance, amount, rules)
        if pays:
            self._took(Tender("points", pays))
        else:
            self._say(
                t(
                    "{balance} points: {least} are needed to pay with. Choose another way.",
                    balance=points_text(balance),
                    least=rules.least,
                )
            )

    def _charge(self, account: HouseAccount, amount: int, *, over: bool = False) -> None:
        services, sale_id = self._desk.services, self._desk.sale.basket.sale_id

        def answered(answer: Tender | TenderRefused) -> None:
            if isinstance(answer, Tender):
                self._took(answer)
            elif answer.reason == "account_over" and not over:
                self._ask_over(account, amount, answer.words)
            else:
                self._say(answer.words)

        self._desk.command(
            lambda: services.hold_tender(sale_id, "account", "", amount, account=account.id, over=over),
            answered,
            lambda problem: self._say(text_for(problem).replace("\n", " ")),
        )

    def _ask_over(self, account: HouseAccount, amount: int, words: str) -> None:
        """Beyond the limit somebody has to allow it; the record says who."""
        cur, sale = self._desk.sale.currency, self._desk.sale
        charge = act(
            later("Charge {amount} to {buyer}, {left} is left"),
            amount=format_money(amount, cur),
            buyer=sale.buyer,
            left=format_money(account.left, cur),
        )

        def allowed(who: Cashier) -> None:
            by = self._desk.allowed_by(who)
            if by is not None:
                given = Approval("account_over", by, 0, account.left, amount, datetime.now(UTC))
                sale.put(
                    replace(sale.basket, approvals=(*sale.basket.approvals, given)), select=sale.selected
                )
            self._charge(account, amount, over=True)

        self._approvals.need("account_over", charge, allowed, lambda: self._say(words))
