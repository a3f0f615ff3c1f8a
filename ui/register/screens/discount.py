"""A discount typed over the sale: percent or amount, off a line or the sale, the reason on a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.domain.basket_deals import off_of
from pos_desktop.domain.basket_parts import Reduction
from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.promotion import PPM
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import NumberScreen, Words
from ui.register.screens.typed import TypedNumber, typed_amount, typed_qty
from ui.theme import theme
from ui.widgets.key import Key, switch
from ui.widgets.keypad import Keypad
from ui.widgets.labels import EntryDisplay, Label

MOST_REASONS = 6
_PPM_OF_THOUSANDTHS = PPM // 100_000


@dataclass(frozen=True, slots=True)
class DiscountQuestion:
    """What a discount would come off: ``line`` 0 is the whole sale, ``amount`` minor units.

    ``now`` is the discount it has already, in words; ``bound`` says how far the cashier goes alone.
    """

    line: int
    title: str
    amount: int
    currency: Currency
    reasons: tuple[str, ...]
    now: str = ""
    bound: str = ""


class DiscountScreen(NumberScreen):
    """Type how much, tap why: the tap on a reason takes it. Nothing is bound to Enter.

    Signals: ``chosen(object)`` carries a Reduction; ``removed()``; ``other()``, the line's instead of the
    sale's or the other way round; ``back()``.
    """

    chosen = Signal(object)
    removed = Signal()
    other = Signal()
    back = Signal()

    name = "discount"
    card_width = 860
    card_padding = 22
    card_spacing = 10

    def __init__(
        self, question: DiscountQuestion, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._question = question
        self._by_percent = True
        self._number = TypedNumber(1)
        self.body.addWidget(Label(question.title, role="title", max_lines=2))
        about = [format_money(question.amount, question.currency), question.now, question.bound]
        words = " · ".join(part for part in about if part)
        self.body.addWidget(Label(words, role="body_strong", tone="text2", max_lines=3))
        columns = QHBoxLayout()
        columns.setSpacing(theme().px(16))
        columns.addLayout(self._left(), 3)
        columns.addLayout(self._right(), 2)
        self.body.addLayout(columns)
        self.words = Words("", role="body_strong", align="center", max_lines=2)
        self.body.addWidget(self.words)
        self._show()

    # -- building --------------------------------------------------------------------------------

    def _left(self) -> QVBoxLayout:
        self._percent = self.action_key(Key(t("% off"), variant="soft", height=52), "percent")
        self._amount = self.action_key(
            Key(t("{symbol} off", symbol=self._question.currency.symbol), variant="soft", height=52), "amount"
        )
        self._percent.clicked.connect(lambda: self._ask_by(percent=True))
        self._amount.clicked.connect(lambda: self._ask_by(percent=False))
        kinds = QHBoxLayout()
        kinds.setSpacing(theme().px(8))
        kinds.addWidget(self._percent, 1)
        kinds.addWidget(self._amount, 1)
        self._entry = EntryDisplay("")
        self._pad = Keypad("tender")
        self._pad.key("enter").setEnabled(False)
        self._pad.key("enter").set_label(t("Why?"))
        self._pad.pressed.connect(self.typed)
        column = QVBoxLayout()
        column.setSpacing(theme().px(10))
        column.addLayout(kinds)
        column.addWidget(self._entry)
        column.addWidget(self._pad, 1)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme().px(8))
        self._result = Label("", role="heading", align="center", max_lines=2)
        column.addWidget(self._result)
        self._reasons: list[Key] = []
        for number, reason in enumerate(self._question.reasons[:MOST_REASONS], 1):
            key = self.action_key(Key(reason, variant="accent", height=56), f"reason_{number}")
            key.clicked.connect(lambda _checked=False, why=reason: self._take(why))
            column.addWidget(key)
            self._reasons.append(key)
        column.addStretch(1)
        self._other = self.action_key(
            Key(t("Off the whole sale") if self._question.line else t("Off the line"), variant="soft"),
            "other",
        )
        self._other.clicked.connect(self.other)
        self._remove = self.action_key(Key(t("Take the discount off"), variant="danger"), "off")
        self._remove.clicked.connect(self.removed)
        self._remove.setVisible(bool(self._question.now))
        self._back = self.action_key(Key(t("Leave it as it was"), icon="arrow-left", variant="soft"), "back")
        self._back.clicked.connect(self.back)
        for key in (self._other, self._remove, self._back):
            key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            column.addWidget(key)
        return column

    # -- typing ----------------------------------------------------------------------------------

    def _ask_by(self, *, percent: bool) -> None:
        self._by_percent = percent
        self._number = TypedNumber(1 if percent else self._question.currency.digits)
        self.words.say("")
        self._show()

    def typed(self, name: str) -> bool:
        """Digits and the decimal sign."""
        return self._press(name)

    def _reduction(self, reason: str) -> Reduction:
        text, line = self._number.text, self._question.line
        if self._by_percent:
            return Reduction(line, reason, ppm=typed_qty(text) * _PPM_OF_THOUSANDTHS)
        return Reduction(line, reason, amount=typed_amount(text, self._question.currency))

    def _show(self) -> None:
        switch([self._percent, self._amount], self._percent if self._by_percent else self._amount)
        cur = self._question.currency
        self._entry.set_caption(
            t("Percent") if self._by_percent else t("Amount, {symbol}", symbol=cur.symbol)
        )
        empty = "0" if self._by_percent else format_amount(0, cur)
        self._entry.set_value(self._number.shown or empty, quiet=self._number.empty)
        self._pad.key(".").setEnabled(self._by_percent or cur.digits > 0)
        off = off_of(self._reduction(""), self._question.amount)
        left = (
            f"{format_amount(self._question.amount, cur)} → {format_money(self._question.amount - off, cur)}"
        )
        self._result.set_text(left if off else t("Type how much"))

    def _take(self, reason: str) -> None:
        reduction = self._reduction(reason)
        if not (reduction.ppm or reduction.amount):
            self.words.say(t("Type how much first."))
        elif reduction.ppm > PPM or reduction.amount > self._question.amount:
            self.words.say(t("That is more than there is to pay. Type it again."))
        else:
            self.chosen.emit(reduction)

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.words.say(words)

    def note_ignored(self, words: str) -> None:
        """In the place of what stood in the way."""
        self.words.say(f"{words}.")

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        actions: dict[str, Action] = {
            f"reason_{number}": key.click for number, key in enumerate(self._reasons, 1)
        }
        actions |= {"percent": self._percent.click, "amount": self._amount.click}
        if self._question.now:
            actions["off"] = self._remove.click
        return {**actions, "other": self._other.click, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """What is asked, typed and said."""
        return {
            "screen": self.name,
            "item": self._question.title,
            "typed": self._number.text,
            "comes_to": self._result.text(),
            "reasons": [key.text() for key in self._reasons],
            "message": self.words.text(),
        }
