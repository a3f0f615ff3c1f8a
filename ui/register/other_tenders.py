"""Paying otherwise than in cash or by card: which way, its code, and what the server says it pays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from pos_desktop.domain.tender import Tender
from pos_desktop.domain.tender_kinds import TenderKind
from pos_desktop.errors import UserError
from pos_desktop.services.tenders import TenderRefused
from pos_desktop.words import later, t
from ui.messages import text_for
from ui.register.approvals import Approvals
from ui.register.customer_tenders import OWN, CustomerTenders
from ui.register.desk import Desk
from ui.register.screens.code import CodePanel
from ui.register.screens.other_ways import OtherWays, ways_of
from ui.register.screens.values import CodeEntered, CodeQuestion, OtherWay

Took = Callable[[Tender], None]
Say = Callable[[str], None]

ASKED: dict[str, tuple[TenderKind, str, str, str]] = {
    "stored": (
        "gift_card",
        later("Gift card, credit or voucher"),
        later("Scan it. It pays what it holds, up to this amount."),
        later("Its code: scan it, or type it"),
    ),
    "mobile": (
        "mobile",
        "M-Pesa",
        later("Type the code at the beginning of the message. It counts once."),
        later("M-Pesa code, such as QGH7X5K2PL"),
    ),
    "cheque": (
        "cheque",
        later("Cheque"),
        later("Note its number if the shop wants it."),
        later("Cheque number, or none"),
    ),
}
"""Way of paying: the kind it asks the server for, and the words of its code."""


class OtherTenders(QObject):
    """Asks for a code until it is taken or given up; ``took`` gets the payment, ``say`` other words."""

    def __init__(
        self, desk: Desk, approvals: Approvals, took: Took, say: Say, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._approvals, self._took, self._say = desk, approvals, took, say
        self._asking = False
        self._own = CustomerTenders(desk, approvals, took, say, self)

    # -- ways in -----------------------------------------------------------------------------------

    def offered(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Of these kinds those that can pay for this sale: points and accounts are a named customer's."""
        return self._own.offered(kinds)

    def open(self, kinds: tuple[str, ...], amount: int) -> None:
        """Which way? With a single one there is nothing to choose. ``amount`` in minor units."""
        ways = ways_of(kinds)
        if len(ways) == 1:
            self._way(OtherWay(ways[0]), amount)
            return
        panel = OtherWays(ways, keys=self._desk.keys)

        def chosen(way: OtherWay) -> None:
            self._desk.stage.close_overlay(panel)
            self._way(way, amount)

        panel.chosen.connect(chosen)
        panel.back.connect(lambda: self._desk.stage.close_overlay(panel))
        self._desk.stage.open_overlay(panel)

    def scanned(self, code: str, amount: int, not_one: Callable[[], None]) -> None:
        """A code scanned at the payment: a gift card, credit or voucher is taken, all else is ``not_one``."""

        def refused(refusal: TenderRefused) -> None:
            if refusal.reason == "no_account":
                not_one()
            else:
                self._say(refusal.words)

        def failed(problem: Exception) -> None:
            if (
                isinstance(problem, UserError) and problem.code == "tender.code"
            ):  # no code at all: an item's, or a payment card's
                not_one()
            else:
                self._failed(problem)

        self._ask("gift_card", code, amount, refused, failed)

    # -- one way -----------------------------------------------------------------------------------

    def _way(self, way: OtherWay, amount: int) -> None:
        if way.name in OWN:
            self._own.open(way.name, amount)
            return
        kind, title, do, field = ASKED[way.name]
        question = CodeQuestion(
            kind,
            t(title),
            t(do),
            t(field),
            self._desk.sale.currency,
            amount,
            may_be_empty=way.name == "cheque",
            asks_server=way.name != "cheque",
        )
        panel = CodePanel(question, keys=self._desk.keys)
        panel.entered.connect(lambda entered: self._entered(panel, entered, kind, amount))
        panel.back.connect(lambda: self._desk.stage.close_overlay(panel))
        self._desk.stage.open_overlay(panel)
        if way.code:
            panel.handle_scan(way.code)

    def _entered(self, panel: CodePanel, entered: CodeEntered, kind: TenderKind, amount: int) -> None:
        def refused(refusal: TenderRefused) -> None:
            self._desk.sale.sound.emit("error")
            panel.say(refusal.words)

        def failed(problem: Exception) -> None:
            self._desk.sale.sound.emit("error")
            panel.say(text_for(problem).replace("\n", " "))

        def took(tender: Tender) -> None:
            self._desk.stage.close_overlay(panel)
            self._took(tender)

        self._ask(kind, entered.text, amount, refused, failed, took)

    def _failed(self, problem: Exception) -> None:
        self._say(text_for(problem).replace("\n", " "))

    def _ask(
        self,
        kind: TenderKind,
        text: str,
        amount: int,
        refused: Callable[[TenderRefused], None],
        failed: Callable[[Exception], None],
        took: Took | None = None,
    ) -> None:
        services, sale_id = self._desk.services, self._desk.sale.basket.sale_id

        def answered(answer: Tender | TenderRefused) -> None:
            self._asking = False
            if isinstance(answer, TenderRefused):
                refused(answer)
            else:
                (took or self._took)(answer)

        def trouble(problem: Exception) -> None:
            self._asking = False
            failed(problem)

        if self._asking:
            return
        self._asking = True
        self._desk.command(lambda: services.hold_tender(sale_id, kind, text, amount), answered, trouble)
