"""One number typed over the sale: a price, quantity, weight or sum; what it comes to shows as it is typed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.basket import MAX_AMOUNT
from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.domain.quantity import extend, format_qty
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import NumberScreen, Words
from ui.register.screens.typed import TypedNumber, typed_amount, typed_qty
from ui.register.screens.values import EntryAnswer, EntryQuestion
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad
from ui.widgets.labels import EntryDisplay, Label

LEAVE = later("Leave it as it was")
_CAPTIONS = {
    "price": later("New price"),
    "quantity": later("Quantity"),
    "weight": later("Weight"),
    "amount": later("Amount"),
}
_FIRST = {
    "price": later("Type the price first."),
    "quantity": later("Type how many first."),
    "weight": later("Weigh it, or type the weight first."),
    "amount": later("Type the amount first."),
}
WEIGHT_DECIMALS = 3


class AmountEntry(NumberScreen):
    """A pad over the sale. Enter takes what was typed, Esc leaves everything as it was.

    Signals: ``entered(object)`` carries an EntryAnswer; ``back()``.
    """

    entered = Signal(object)
    back = Signal()

    name = "entry"
    card_width = 520
    card_padding = 22
    card_spacing = 10

    def __init__(
        self, question: EntryQuestion, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        # The robot and the key sheet know typing a weight as a screen of its own.
        self.name = "weigh" if question.kind == "weight" else "entry"
        super().__init__(keys=keys, parent=parent)
        self._question = question
        self._number = TypedNumber(self._decimals())
        # What is asked about is what a person looks for: the item stands in the title, the question under it.
        self.body.addWidget(Label(question.item or question.title, role="title", max_lines=2))
        self.body.addWidget(Label(self._about(), role="body_strong", tone="text2", max_lines=3))
        self._entry = EntryDisplay(self._caption())
        self.body.addWidget(self._entry)
        self._pad = Keypad("tender")
        self._pad.key("enter").set_label(t("Take it"))
        self._pad.key("enter").set_variant("accent")
        self._pad.key("enter").set_hint(self.hint("take"))
        self._pad.key("enter").setObjectName("take")
        self._pad.key(".").setEnabled(self._decimals() > 0)
        self._pad.pressed.connect(self.typed)
        self.body.addWidget(self._pad)
        self._result = Label("", role="heading", align="center", max_lines=2)
        self.words = Words("", role="body_strong", align="center", max_lines=2)
        self.body.addWidget(self._result)
        self.body.addWidget(self.words)
        self._back = self.action_key(
            Key(question.leave or t(LEAVE), icon="arrow-left", variant="soft", height=56), "back"
        )
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)
        self._show()

    @property
    def _money(self) -> bool:
        return self._question.kind in ("price", "amount")

    def _decimals(self) -> int:
        question = self._question
        if question.kind in ("price", "amount"):
            return question.currency.digits
        return 0 if question.unit == "each" else WEIGHT_DECIMALS

    def _about(self) -> str:
        was = t("now {was}", was=self._question.was) if self._question.was else ""
        asked = self._question.title if self._question.item else ""
        return " · ".join(word for word in (asked, was) if word)

    def _caption(self) -> str:
        question = self._question
        if self._money:
            return f"{t(_CAPTIONS[question.kind])}, {question.currency.symbol}"
        return t(_CAPTIONS[question.kind]) + ("" if question.unit == "each" else f", {question.unit}")

    @property
    def value(self) -> int:
        """What is typed: minor units, or thousandths."""
        text = self._number.text
        return typed_amount(text, self._question.currency) if self._money else typed_qty(text)

    def typed(self, name: str) -> bool:
        """Digits and the decimal sign; Enter takes it."""
        if name == "enter":
            self._finish()
            return True
        return self._press(name)

    def _show(self) -> None:
        empty = format_amount(0, self._question.currency) if self._money else "0"
        self._entry.set_value(self._number.shown or empty, quiet=self._number.empty)
        self._result.set_text(self._comes_to())

    def _comes_to(self) -> str:
        question, value = self._question, self.value
        if question.price is None or self._money or not value:
            return " "
        qty = format_qty(value, question.unit)
        price = format_amount(question.price, question.currency)
        total = format_money(extend(question.price, value), question.currency)
        return f"{qty} × {price} = {total}"

    def _finish(self) -> None:
        # A price of 0 may be meant, but it must be typed; nothing else may be 0.
        free = self._question.kind == "price" and not self._number.empty
        if not self.value and not free:
            self.words.say(t(_FIRST[self._question.kind]))
        elif self._money and self.value > MAX_AMOUNT:
            self.words.say(t("That is more than one line can hold. Type it again."))
        else:
            self.entered.emit(EntryAnswer(self._question.kind, self.value))

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.words.say(words)

    def note_ignored(self, words: str) -> None:
        """In the place of what stood in the way."""
        self.words.say(f"{words}.")

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"take": self._finish, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """What is asked, typed and said."""
        return {
            "screen": self.name,
            "item": self._question.item,
            "typed": self._number.text,
            "comes_to": self._result.text().strip(),
            "message": self.words.text(),
        }
