"""A code to scan or type: a gift card, credit or voucher, an M-Pesa message, a cheque's number."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.barcode import card_within
from pos_desktop.domain.card_number import is_network_card
from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.register.screens.code_line import CodeLine
from ui.register.screens.values import CodeEntered, CodeQuestion
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label

MAX_CODE = 24
SHORT = 14
NOTHING = later("Scan it, or type its code.")
A_CARD = later("That is a payment card's number, which is never kept. Use the terminal.")


class CodePanel(OverlayScreen):
    """One code, scanned, typed on keys or on the screen. A scan answers at once, typing ends with Enter.

    Signals: ``entered(object)`` carries a CodeEntered; ``back()``.
    """

    entered = Signal(object)
    back = Signal()

    name = "code"
    scan_policy = "take"
    card_width = 680
    card_padding = 22
    card_spacing = 10

    def __init__(
        self, question: CodeQuestion, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._question, self._busy = question, False
        self.body.addWidget(Label(question.title, role="title", align="center", max_lines=2))
        self._amount = AmountLabel("", role="due", align="center")
        if question.amount is not None:
            self._amount.set_text(format_money(question.amount, question.currency))
        self._amount.setVisible(question.amount is not None)
        self.body.addWidget(self._amount)
        self._do = Label(question.do, role="body_strong", tone="text2", align="center", max_lines=2)
        self.body.addWidget(self._do)
        self._line = CodeLine(
            question.field,
            t("Take back the last character of the code"),
            signs="-/",
            most=MAX_CODE,
            parent=self,
        )
        self._line.typed.connect(self.type_text)
        self._line.rubbed.connect(lambda: self.typed("backspace"))
        self._line.done.connect(lambda: self._show_keyboard(False))
        self._line.opened.connect(self._show_keyboard)
        self.body.addWidget(self._line.display)
        self.body.addLayout(self._line.row(display=False))
        self.body.addWidget(self._line.keyboard)
        self.words = Words("", role="body_strong", align="center", max_lines=2)
        self.body.addWidget(self.words)
        self._build_keys()
        self._show()

    def _show_keyboard(self, shown: bool) -> None:
        self._line.keyboard.setVisible(shown)
        # On the smallest screen the letters need the height of the words, which were read by then.
        self._do.setVisible(not shown)
        self._amount.setVisible(not shown and self._question.amount is not None)

    def _build_keys(self) -> None:
        question = self._question
        self._take = self.action_key(
            Key(
                question.take or t("Take it"),
                variant="outline-pay",
                icon="check",
                role="strip_name",
                height=76,
            ),
            "take",
        )
        self._back = self.action_key(Key(t("Go back"), icon="arrow-left", variant="soft", height=76), "back")
        self._take.clicked.connect(lambda: self._answer(self._line.text))
        self._back.clicked.connect(self.back)
        self._new = self.action_key(
            Key(question.other, icon="plus", variant="plain", height=60), "new_number"
        )
        self._new.clicked.connect(lambda: self._answer(""))
        self._new.setVisible(bool(question.other))
        self.body.addWidget(self._new)
        self.row(self._take, self._back)

    def _show(self) -> None:
        # A long code needs the room of the words beside it, which were read by then.
        self._line.display.set_caption("" if len(self._line.text) > SHORT else self._question.field)
        self._line.show(t("none yet"))

    def say(self, words: str) -> None:
        """Show a sentence above the keys; the code can be typed anew."""
        self.set_busy(False)
        self.words.say(words)

    def set_busy(self, busy: bool) -> None:
        """The server is being asked: nothing else is taken meanwhile."""
        self._busy = busy
        for key in (self._take, self._new):
            key.setEnabled(not busy)

    def _answer(self, text: str) -> None:
        if self._busy:
            return
        if not text and not self._question.other and not self._question.may_be_empty:
            self.say(t(NOTHING))
            return
        self.set_busy(True)
        self.words.say(t("Asking the server…") if self._question.asks_server else "", "text2")
        self.entered.emit(CodeEntered(self._question.kind, text))

    def type_text(self, text: str) -> None:
        """Add characters of the code: letters, digits, dash, slash."""
        if self._busy:
            return
        self._line.add(text)
        self.words.say("")
        if is_network_card(self._line.text):
            self._line.text = ""
            self.say(t(A_CARD))
        self._show()

    def typed(self, name: str) -> bool:
        """Digits, backspace; Enter takes the code."""
        if name == "backspace":
            self._line.rub_out()
            self._show()
        elif name == "enter":
            self._take.click()
        elif name.isdigit() or name == "-":
            self.type_text(name)
        else:
            return False
        return True

    def type_letter(self, letter: str) -> bool:
        """Letters belong to the code too."""
        if letter == " ":
            return False
        self.type_text(letter)
        return True

    def handle_scan(self, code: str) -> bool:
        """A scan is the whole code."""
        if self._busy:
            return False
        if card_within(code) is not None:
            self.say(t(A_CARD))
            return False
        if not code.isascii() or not code.isprintable() or len(code) > MAX_CODE:
            self.say(t("That is no such code. Type what stands on it."))
            return False
        self._line.text = ""
        self.type_text(code)
        self._answer(self._line.text)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {"take": self._take.click, "back": self._back.click}
        if self._question.other:
            doing["new_number"] = self._new.click
        return doing

    def probe(self) -> dict[str, object]:
        """What is asked, what is typed and said."""
        amount = self._question.amount
        return {
            "screen": self.name,
            "kind": self._question.kind,
            "amount": "" if amount is None else format_amount(amount, self._question.currency),
            "code": self._line.text,
            "message": self.words.text() or self._do.text(),
        }
