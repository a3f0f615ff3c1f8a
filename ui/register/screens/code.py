"""A code to scan or type: a gift card, credit or voucher, an M-Pesa message, a cheque's number."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_desktop.domain.barcode import card_within
from pos_desktop.domain.card_number import is_network_card
from pos_desktop.domain.money import format_amount, format_money
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.register.screens.values import CodeEntered, CodeQuestion
from ui.theme import theme
from ui.widgets.key import Key, no_focus
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import AmountLabel, EntryDisplay, Label

MAX_CODE = 24
SHORT = 14
NOTHING = "Scan it, or type its code."
A_CARD = "That is a payment card's number, which is never kept. Use the terminal."


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
        self._question, self._text, self._busy = question, "", False
        self.body.addWidget(Label(question.title, role="title", align="center", max_lines=2))
        self._amount = AmountLabel("", role="due", align="center")
        if question.amount is not None:
            self._amount.set_text(format_money(question.amount, question.currency))
        self._amount.setVisible(question.amount is not None)
        self.body.addWidget(self._amount)
        self._do = Label(question.do, role="body_strong", tone="text2", align="center", max_lines=2)
        self.body.addWidget(self._do)
        self.body.addLayout(self._entry_row())
        self._keyboard = OnScreenKeyboard()
        self._keyboard.typed.connect(self.type_text)
        self._keyboard.done.connect(lambda: self._show_keyboard(False))
        self._keyboard.hide()
        self.body.addWidget(self._keyboard)
        self.words = Words("", role="body_strong", align="center", max_lines=2)
        self.body.addWidget(self.words)
        self._build_keys()
        self._show()

    def _entry_row(self) -> QHBoxLayout:
        self._entry = EntryDisplay(self._question.field)
        opener = no_focus(Key("Keyboard", icon="keyboard", variant="soft", name="keyboard"))
        opener.clicked.connect(lambda: self._show_keyboard(self._keyboard.isHidden()))
        rub = no_focus(Key("", icon="delete", variant="soft", name="rub_out"))
        rub.setAccessibleName("Take back the last character of the code")
        rub.clicked.connect(lambda: self.typed("backspace"))
        self.body.addWidget(self._entry)
        line = QHBoxLayout()
        line.setSpacing(theme().px(8))
        line.addStretch(4)
        line.addWidget(rub, 1)
        line.addWidget(opener, 2)
        return line

    def _show_keyboard(self, shown: bool) -> None:
        self._keyboard.setVisible(shown)
        # On the smallest screen the letters need the height of the words, which were read by then.
        self._do.setVisible(not shown)
        self._amount.setVisible(not shown and self._question.amount is not None)

    def _build_keys(self) -> None:
        question = self._question
        self._take = self.action_key(
            Key(question.take, variant="outline-pay", icon="check", role="strip_name", height=76), "take"
        )
        self._back = self.action_key(Key("Go back", icon="arrow-left", variant="soft", height=76), "back")
        self._take.clicked.connect(lambda: self._answer(self._text))
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
        self._entry.set_caption("" if len(self._text) > SHORT else self._question.field)
        self._entry.set_value(self._text or "none yet", quiet=not self._text)

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
            self.say(NOTHING)
            return
        self.set_busy(True)
        self.words.say("Asking the server…" if self._question.asks_server else "", "text2")
        self.entered.emit(CodeEntered(self._question.kind, text))

    def type_text(self, text: str) -> None:
        """Add characters of the code: letters, digits, dash, slash."""
        if self._busy:
            return
        kept = "".join(ch for ch in text if ch.isascii() and (ch.isalnum() or ch in "-/"))
        self._text = (self._text + kept)[:MAX_CODE].upper()
        self.words.say("")
        if is_network_card(self._text):
            self._text = ""
            self.say(A_CARD)
        self._show()

    def typed(self, name: str) -> bool:
        """Digits, backspace; Enter takes the code."""
        if name == "backspace":
            self._text = self._text[:-1]
            self._show()
        elif name == "enter":
            self._take.click()
        elif name.isdigit() or name == "-":
            self.type_text(name)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters belong to the code too."""
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if plain and event.text().isalpha():
            self.type_text(event.text())
            return
        super().keyPressEvent(event)

    def handle_scan(self, code: str) -> bool:
        """A scan is the whole code."""
        if self._busy:
            return False
        if card_within(code) is not None:
            self.say(A_CARD)
            return False
        if not code.isascii() or not code.isprintable() or len(code) > MAX_CODE:
            self.say("That is no such code. Type what stands on it.")
            return False
        self._text = ""
        self.type_text(code)
        self._answer(self._text)
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
            "code": self._text,
            "message": self.words.text() or self._do.text(),
        }
