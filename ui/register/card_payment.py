"""A card on the terminal beside the till: on the disk before anybody charges it, and never guessed about."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from pos_desktop.domain.money import format_money
from pos_desktop.words import later
from ui.register.approvals import Act, Approvals, act
from ui.register.desk import Desk
from ui.register.screens.card import CardPanel
from ui.register.screens.values import CardAnswer


def charged_act(answer: CardAnswer, amount: str) -> Act:
    """To say what the terminal did with a card, where the till could not know; ``amount`` is the money."""
    if answer.paid:
        return act(later("Say the card was charged: {amount}"), amount=amount)
    return act(later("Say the card was not charged: {amount}"), amount=amount)


class CardPayment(QObject):
    """Asks what the terminal did; ``done`` gets the answer, ``failed`` what kept it from being asked."""

    def __init__(
        self,
        desk: Desk,
        approvals: Approvals,
        done: Callable[[CardAnswer], None],
        failed: Callable[[Exception], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._approvals, self._done, self._failed = desk, approvals, done, failed

    def begin(self, amount: int) -> None:
        """A card is to be charged ``amount`` minor units."""
        basket, services = self._desk.sale.basket, self._desk.services
        work = lambda: services.card_begun(basket, amount)  # noqa: E731
        # The attempt is on the disk before anybody is told to charge: a crash must not forget it.
        self._desk.command(work, lambda _none: self.ask(amount), self._failed)

    def ask(self, amount: int, *, unknown: bool = False) -> None:
        """Was it charged? ``unknown``: the till stopped meanwhile, so every answer needs an approval."""
        panel = CardPanel(amount, self._desk.sale.currency, unknown, keys=self._desk.keys)

        def settled(answer: CardAnswer) -> None:
            self._desk.stage.close_overlay(panel)
            self._desk.command(self._desk.services.card_ended, lambda _none: self._done(answer))

        def answered(answer: CardAnswer) -> None:
            if not answer.unknown:
                settled(answer)
                return
            amount = format_money(answer.amount, self._desk.sale.currency)
            self._approvals.need("void_sale", charged_act(answer, amount), lambda _who: settled(answer))

        panel.answered.connect(answered)
        self._desk.stage.open_overlay(panel)
