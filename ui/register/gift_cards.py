"""Gift cards at the till: what one holds, selling one, topping one up."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import BasketError, Item
from pos_desktop.domain.loading import load
from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.services.tenders import AccountCard, TenderRefused
from pos_desktop.words import t
from ui.messages import text_for
from ui.register.desk import Desk
from ui.register.model import Strip
from ui.register.screens.code import CodePanel
from ui.register.screens.entry import AmountEntry
from ui.register.screens.values import CodeEntered, CodeQuestion, EntryAnswer, EntryQuestion

KIND: Final = "gift_card"


class GiftCards(QObject):
    """One question after the other: which card, then how much; what it holds stands with the second."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    @property
    def offered(self) -> bool:
        """This store sells gift cards."""
        rules = self._desk.services.tender_rules()
        return rules.takes(KIND) and KIND in rules.holds

    def open(self, _item: Item | None = None) -> None:
        """Ask which card."""
        sale = self._desk.sale
        if sale.question is not None or sale.locked:
            return
        question = CodeQuestion(
            KIND,
            t("Gift card"),
            t("Scan it to see what it holds, sell it or top it up."),
            t("Its code: scan it, or type it"),
            sale.currency,
            take=t("Look"),
            other=t("Sell one without a card: a slip with a new number"),
        )
        panel = CodePanel(question, keys=self._desk.keys)
        panel.entered.connect(lambda entered: self._entered(panel, entered))
        panel.back.connect(lambda: self._desk.stage.close_overlay(panel))
        self._desk.stage.open_overlay(panel)

    def _entered(self, panel: CodePanel, entered: CodeEntered) -> None:
        def found(card: AccountCard | None) -> None:
            if card is not None and card.kind != KIND:
                money = format_money(card.balance, self._desk.sale.currency)
                panel.say(
                    t(
                        "{name} holds {money}. Scan it at the payment to spend it.",
                        name=card.name,
                        money=money,
                    )
                )
                return
            self._desk.stage.close_overlay(panel)
            self._ask_amount(entered.text, card)

        if not entered.text:
            found(None)
            return
        services = self._desk.services
        self._desk.query(lambda: services.account(entered.text), found, lambda problem: _say(panel, problem))

    def _ask_amount(self, text: str, card: AccountCard | None) -> None:
        cur = self._desk.sale.currency
        if card is None:
            title = t("New gift card: how much?")
            name = t("Gift card ending {text}", text=text[-4:]) if text else t("Gift card with a new number")
        else:
            title = t("Put more on it?")
            name = t("{name} holds {balance}", name=card.name, balance=format_money(card.balance, cur))
        screen = AmountEntry(
            EntryQuestion("amount", title, name, cur, leave=t("Leave it as it is")), keys=self._desk.keys
        )

        def entered(answer: EntryAnswer) -> None:
            self._desk.stage.close_overlay(screen)
            self._fetch(text, answer.value)

        screen.entered.connect(entered)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _fetch(self, text: str, amount: int) -> None:
        """The server's number of the card, and the item its line is of."""
        services = self._desk.services

        def work() -> tuple[AccountCard | TenderRefused, tuple[Item, ...]]:
            return services.new_account(KIND, text), services.items((services.tender_rules().holds[KIND],))

        self._desk.command(work, lambda answer: self._put(*answer, amount))

    def _put(self, card: AccountCard | TenderRefused, items: tuple[Item, ...], amount: int) -> None:
        sale = self._desk.sale
        if isinstance(card, TenderRefused) or not items:
            words = card.words if isinstance(card, TenderRefused) else t("Its item is not on file any more.")
            sale.sound.emit("error")
            sale.say(Strip("stop", t("Not added"), words))
            return
        try:
            basket = load(sale.ready_basket(), items[0], amount, account=card.account, code=card.code)
        except BasketError as rule:
            sale.sound.emit("error")
            sale.say(Strip("stop", t("Not added"), str(rule)))
            return
        sale.sound.emit("added")
        after = format_money(card.balance + amount, sale.currency)
        strip = Strip(
            "added",
            card.name,
            t("Holds {after} once paid", after=after),
            format_amount(amount, sale.currency),
        )
        sale.put(basket, strip)


def _say(panel: CodePanel, problem: Exception) -> None:
    panel.say(text_for(problem).replace("\n", " "))
