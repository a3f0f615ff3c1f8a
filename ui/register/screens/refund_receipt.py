"""The receipt goods come back on: scanned, typed, or chosen from this till's last ones; or there is none."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.domain.receipt import parse_receipt_number
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Words
from ui.register.screens.code_line import CodeLine
from ui.register.screens.rows import RowList, RowText
from ui.register.screens.values import ReceiptRow
from ui.widgets.key import Key
from ui.widgets.labels import Label

MAX_NUMBER = 32
NOT_A_RECEIPT = later("That is not the barcode of a receipt. Scan the one at its foot, or type its number.")


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
        self._rows = rows
        self.body.addWidget(Label(t("Refund: scan the receipt"), role="title", max_lines=2))
        self._line = CodeLine(
            t("Receipt number"),
            t("Take back the last character of the number"),
            signs="-",
            most=MAX_NUMBER,
            parent=self,
        )
        self._line.typed.connect(self.type_number)
        self._line.rubbed.connect(lambda: self.typed("backspace"))
        self._line.done.connect(self.take)
        self._line.opened.connect(self._show_keyboard)
        self.body.addLayout(self._line.row())
        self.body.addWidget(self._line.keyboard)
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

    def _build_keys(self) -> None:
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=64), "back")
        self._none = self.action_key(Key(t("No receipt"), icon="circle-help", height=64), "no_receipt")
        self._take = self.action_key(
            Key(t("This receipt"), icon="receipt-text", variant="accent", height=64), "choose"
        )
        self._back.clicked.connect(self.back)
        self._none.clicked.connect(self.no_receipt)
        self._take.clicked.connect(self.take)
        self.row(self._back, self._none, self._take).setStretch(2, 2)

    def _show_keyboard(self, shown: bool) -> None:
        self._line.keyboard.setVisible(shown)
        # On the smallest screen the letters need the height of the receipts.
        self.list.setVisible(bool(self._rows) and not shown)

    def _show(self) -> None:
        self._line.show(t("scan or type it"))
        self.list.setVisible(bool(self._rows) and self._line.keyboard.isHidden())
        self._take.setEnabled(bool(self._rows) or bool(self._line.text))

    def say(self, words: str) -> None:
        """Show what stood in the way, or what the list is."""
        usual = t("Or choose one of this till's last receipts.") if self._rows else ""
        self.words.say(words or usual, "warn" if words else "text2")
        self.words.setVisible(bool(words or usual))

    def take(self) -> None:
        """Answer with the number typed, else with the chosen receipt."""
        if self._line.text:
            self.receipt_given.emit(self._line.text)
        elif self.list.at >= 0 and not self.list.isHidden():
            self.receipt_given.emit(self._rows[self.list.at].number)

    def type_number(self, text: str) -> None:
        """Add characters of a receipt's number: letters, digits, dash."""
        self._line.add(text)
        self.say("")
        self._show()

    def handle_scan(self, code: str) -> bool:
        """The barcode at the foot of a receipt, of any till."""
        if parse_receipt_number(code) is None:
            self.say(t(NOT_A_RECEIPT))
            return False
        self.receipt_given.emit(code.strip().upper())
        return True

    def typed(self, name: str) -> bool:
        """Digits and the dash are the number; arrows choose a receipt; Enter takes."""
        if name == "backspace":
            self._line.rub_out()
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

    def type_letter(self, letter: str) -> bool:
        """Letters belong to the number too."""
        if letter == " ":
            return False
        self.type_number(letter)
        return True

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
            "number": self._line.text,
            "receipts": len(self._rows),
            "message": self.words.text(),
        }
