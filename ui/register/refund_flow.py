"""Refunds among the register's flows: which key leads there, and what shows when one is a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.domain.refund import GiveBack
from pos_desktop.services.results import Completed, Draft
from pos_desktop.words import later, t
from ui.register.giving_back import GivingBack
from ui.register.model import Strip
from ui.register.refunds import Refunds
from ui.register.screen import Action
from ui.register.screens.give_back import GivenBackScreen
from ui.register.screens.values import ChangeView

if TYPE_CHECKING:
    from ui.register.flows import Flows


class RefundFlow(QObject):
    """Goods back, then the money: :class:`Refunds` and :class:`GivingBack` among the other flows."""

    def __init__(self, flows: Flows) -> None:
        super().__init__(flows)
        self._flows, self._desk = flows, flows.desk
        self.goods = Refunds(self._desk, flows.approvals, flows.reprints.rows, self)
        self.money = GivingBack(self._desk, flows.posting, flows.approvals, flows.paper, self)
        self.money.given.connect(self._given)
        flows.ringing.receipt_scanned.connect(self.goods.scanned)

    def or_pay(self, pay: Action) -> Action:
        """Give back when the basket comes to less than nothing, else pay."""

        def act() -> None:
            self.money.start() if self._desk.sale.totals.total < 0 else pay()

        return act

    def restore(self, draft: Draft) -> bool:
        """Take up a refund whose card may have been credited when the till stopped; False: it is none."""
        if draft.card is None or draft.card.amount >= 0:
            return False
        self.money.restore(draft.card)
        return True

    def _given(self, completed: Completed, ways: tuple[GiveBack, ...]) -> None:
        sale, cur, flows = self._desk.sale, self._desk.sale.currency, self._flows
        cash = sum(way.amount for way in ways if way.kind == "cash")
        due = sum(way.amount for way in ways)
        flows.number.used(completed.document.no)
        flows.change = format_amount(cash, cur)
        sale.start_new(Strip("info", t("Refunded {due}", due=format_money(due, cur)), t("Ready to scan")))
        if not cash:
            flows.next_customer()
            return
        fields = completed.document.fields
        number = receipt_number(fields["store"], fields["till"], fields["epoch"], completed.document.no)
        rows = tuple((t(_NAMES.get(way.kind, TO_ACCOUNT)), way.amount) for way in ways)
        view = ChangeView(cash, completed.document.fields["total"], rows, number, cur, flows.paper.state)
        screen = GivenBackScreen(view, keys=self._desk.keys)
        screen.next_asked.connect(flows.next_customer)
        screen.next_with_scan.connect(flows.next_with_scan)
        screen.print_asked.connect(lambda: flows.paper.print_copy(completed.document))
        flows.paper.state_changed.connect(screen.set_printing)
        self._desk.stage.show_body(screen)


TO_ACCOUNT = later("Back to the account")
_NAMES = {"cash": later("Cash"), "card": later("Back to the card")}
