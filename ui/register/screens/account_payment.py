"""Money a customer pays on the house account: an amount, in cash or by card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import Currency, format_amount, format_money, plain_number
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import NumberScreen, Words
from ui.register.screens.typed import TypedNumber, typed_amount
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad
from ui.widgets.labels import EntryDisplay, Label


@dataclass(frozen=True, slots=True)
class AccountPaid:
    """How a payment is made: ``kind`` cash or card, ``amount`` minor units."""

    kind: str
    amount: int


class AccountPayment(NumberScreen):
    """What is owed, an amount, then one key that says how.

    Signals: ``paid(object)`` AccountPaid; ``back()``.
    """

    paid = Signal(object)
    back = Signal()

    name = "account_payment"
    card_width = 560
    card_padding = 22
    card_spacing = 10

    def __init__(
        self,
        customer: str,
        owed: int,
        currency: Currency,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._currency, self._owed = currency, owed
        self._number = TypedNumber(currency.digits)
        self.body.addWidget(Label(t("Payment on account"), role="title", max_lines=2))
        text = later("{customer} owes {owed}") if owed > 0 else later("{customer} owes nothing")
        owes = t(text, customer=customer, owed=format_money(owed, currency))
        self.body.addWidget(Label(owes, role="body_strong", tone="text2", max_lines=3))
        self._entry = EntryDisplay(t("Amount, {symbol}", symbol=currency.symbol))
        self.body.addWidget(self._entry)
        self._pad = Keypad("tender")
        self._pad.key("enter").set_label(t("All"))
        self._pad.key("enter").set_variant("soft")
        self._pad.key("enter").set_hint(self.hint("all"))
        self._pad.key("enter").setObjectName("all")
        self._pad.key("enter").setEnabled(owed > 0)
        self._pad.pressed.connect(self.typed)
        self.body.addWidget(self._pad)
        self.words = Words("", role="body_strong", max_lines=2)
        self.body.addWidget(self.words)
        self._cash = self.action_key(Key("", icon="banknote", variant="outline-pay", height=64), "cash")
        self._card = self.action_key(Key("", icon="credit-card", variant="outline-pay", height=64), "card")
        self._cash.clicked.connect(lambda: self._finish("cash"))
        self._card.clicked.connect(lambda: self._finish("card"))
        self.row(self._cash, self._card)
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=56), "back")
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)
        self._show()

    @property
    def amount(self) -> int:
        """The amount typed, minor units."""
        return typed_amount(self._number.text, self._currency)

    def typed(self, name: str) -> bool:
        """Digits make the amount; the large key puts in all that is owed. Enter pays nothing."""
        if name == "enter":
            self._take_all()
            return True
        return self._press(name)

    def _take_all(self) -> None:
        if self._number.empty and self._owed > 0:
            owed = plain_number(format_amount(self._owed, self._currency))
            self._number = TypedNumber(self._currency.digits, owed)
            self._show()

    def _show(self) -> None:
        self._entry.set_value(
            self._number.shown or format_amount(0, self._currency), quiet=self._number.empty
        )
        amount = format_money(self.amount, self._currency)
        self._cash.set_label(t("Cash {amount}", amount=amount))
        self._card.set_label(t("Card {amount}", amount=amount))

    def _finish(self, kind: str) -> None:
        if not self.amount:
            self.words.say(t("Type the amount first."))
        else:
            self.paid.emit(AccountPaid(kind, self.amount))

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.words.say(words)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {
            "cash": self._cash.click,
            "card": self._card.click,
            "all": self._take_all,
            "back": self._back.click,
        }

    def probe(self) -> dict[str, object]:
        """The amount so far, and what is said."""
        return {
            "screen": self.name,
            "amount": format_amount(self.amount, self._currency),
            "message": self.words.text(),
        }
