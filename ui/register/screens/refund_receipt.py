"""The receipt goods come back on: scanned, typed, or chosen from this till's last ones; or there is none."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.domain.receipt import parse_receipt_number
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Words
from ui.register.screens.rows import RowList, RowText
from ui.register.screens.values import ReceiptRow
from ui.theme import theme
from ui.widgets.key import Key, no_focus
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import EntryDisplay, Label

MAX_NUMBER = 32
NOT_A_RECEIPT = "That is not the barcode of a receipt. Scan the one at its foot, or type its number."


class RefundReceiptScreen(CardScreen):
    """Signals: ``receipt_given(str)`` a receipt's number; ``no_receipt()``; ``back()``."""

    receipt_given = Signal(str)
    no_receipt = Signal()
    back = Signal()

    name = "refund"
    scan_policy = "take"
    card_width = 860
    card_padding = 20
    card_spacing = 10

    def __init__(
        self,
        rows: tuple[ReceiptRow, ...],
        currency: Currency,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._rows, self._number = rows, ""
        self.body.addWidget(Label("Refund: scan the receipt", role="title", max_lines=2))
        self.body.addLayout(self._number_row())
        self._keyboard = OnScreenKeyboard()
        self._keyboard.typed.connect(self.type_number)
        self._keyboard.done.connect(self.take)
        self._keyboard.hide()
        self.body.addWidget(self._keyboard)
        self.words = Words("", role="body_strong", tone="text2", max_lines=2)
        self.body.addWidget(self.words)
        self.list = RowList(4)
        self.list.taken.connect(lambda _index: self.take())
        self.list.set_rows(
            tuple(RowText(r.number, f"{r.at} · {r.what}", format_money(r.total, currency)) for r in rows)
        )
        self.body.addWidget(self.list)
        self._build_keys()
        self.say("")
        self._show()

    def _number_row(self) -> QHBoxLayout:
        self._entry = EntryDisplay("Receipt number")
        rub = no_focus(Key("", icon="delete", variant="soft", name="rub_out"))
        rub.setAccessibleName("Take back the last character of the number")
        rub.clicked.connect(lambda: self.typed("backspace"))
        opener = no_focus(Key("Keyboard", icon="keyboard", variant="soft", name="keyboard"))
        opener.clicked.connect(lambda: self._show_keyboard(self._keyboard.isHidden()))
        line = QHBoxLayout()
        line.setSpacing(theme().px(8))
        line.addWidget(self._entry, 6)
        line.addWidget(rub, 1)
        line.addWidget(opener, 2)
        return line

    def _build_keys(self) -> None:
        self._back = self.action_key(Key("Back", icon="arrow-left", variant="soft", height=64), "back")
        self._none = self.action_key(Key("No receipt", icon="circle-help", height=64), "no_receipt")
        self._take = self.action_key(
            Key("This receipt", icon="receipt-text", variant="accent", height=64), "choose"
        )
        self._back.clicked.connect(self.back)
        self._none.clicked.connect(self.no_receipt)
        self._take.clicked.connect(self.take)
        self.row(self._back, self._none, self._take).setStretch(2, 2)

    def _show_keyboard(self, shown: bool) -> None:
        self._keyboard.setVisible(shown)
        # On the smallest screen the letters need the height of the receipts.
        self.list.setVisible(bool(self._rows) and not shown)

    def _show(self) -> None:
        self._entry.set_value(self._number or "scan or type it", quiet=not self._number)
        self.list.setVisible(bool(self._rows) and self._keyboard.isHidden())
        self._take.setEnabled(bool(self._rows) or bool(self._number))

    def say(self, words: str) -> None:
        """Show what stood in the way, or what the list is."""
        usual = "Or choose one of this till's last receipts." if self._rows else ""
        self.words.say(words or usual, "warn" if words else "text2")
        self.words.setVisible(bool(words or usual))

    def take(self) -> None:
        """Answer with the number typed, else with the chosen receipt."""
        if self._number:
            self.receipt_given.emit(self._number)
        elif self.list.at >= 0 and not self.list.isHidden():
            self.receipt_given.emit(self._rows[self.list.at].number)

    def type_number(self, text: str) -> None:
        """Add characters of a receipt's number: letters, digits, dash."""
        kept = "".join(ch for ch in text if ch.isascii() and (ch.isalnum() or ch == "-"))
        self._number = (self._number + kept)[:MAX_NUMBER].upper()
        self.say("")
        self._show()

    def handle_scan(self, code: str) -> bool:
        """The barcode at the foot of a receipt, of any till."""
        if parse_receipt_number(code) is None:
            self.say(NOT_A_RECEIPT)
            return False
        self.receipt_given.emit(code.strip().upper())
        return True

    def typed(self, name: str) -> bool:
        """Digits and the dash are the number; arrows choose a receipt; Enter takes."""
        if name == "backspace":
            self._number = self._number[:-1]
            self._show()
        elif name.isdigit() or name == "-":
            self.type_number(name)
        elif name in ("up", "down"):
            self.list.step(1 if name == "down" else -1)
        elif name in ("page_up", "page_down"):
            self.list.page(1 if name == "page_down" else -1)
        elif name == "enter":
            self.take()
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters belong to the number too."""
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if plain and event.text().isalpha():
            self.type_number(event.text())
            return
        super().keyPressEvent(event)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {
            "choose": self.take,
            "no_receipt": self._none.click,
            "up": lambda: self.list.step(-1),
            "down": lambda: self.list.step(1),
            "page_up": lambda: self.list.page(-1),
            "page_down": lambda: self.list.page(1),
            "back": self._back.click,
        }

    def probe(self) -> dict[str, object]:
        """The number so far, how many receipts are listed, and what is said."""
        return {
            "screen": self.name,
            "number": self._number,
            "receipts": len(self._rows),
            "message": self.words.text(),
        }
