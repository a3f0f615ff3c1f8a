"""A code being typed: its display, our own keyboard, and the keys that open the keyboard and rub out."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.key import Key, no_focus
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import EntryDisplay


class CodeLine(QObject):
    """The characters so far: ASCII letters, as capitals, digits, and ``signs``; what else is typed is let go.

    Signals: ``typed(str)`` on our keyboard; ``rubbed()``; ``done()`` with the keyboard; ``opened(bool)``.
    """

    typed = Signal(str)
    rubbed = Signal()
    done = Signal()
    opened = Signal(bool)

    def __init__(self, caption: str, rub_out: str, *, signs: str, most: int, parent: QObject) -> None:
        super().__init__(parent)
        self.text = ""
        self._signs, self._most = signs, most
        self.keyboard = OnScreenKeyboard()
        self.display = EntryDisplay(caption)
        self._rub = no_focus(Key("", icon="delete", variant="soft", name="rub_out"))
        self._rub.setAccessibleName(rub_out)
        self._rub.clicked.connect(self.rubbed)
        self._opener = no_focus(Key(t("Keyboard"), icon="keyboard", variant="soft", name="keyboard"))
        self._opener.clicked.connect(lambda: self.opened.emit(self.keyboard.isHidden()))
        self.keyboard.typed.connect(self.typed)
        self.keyboard.done.connect(self.done)
        self.keyboard.hide()

    def row(self, *, display: bool = True) -> QHBoxLayout:
        """The keys in a row, beside the display unless that stands elsewhere."""
        line = QHBoxLayout()
        line.setSpacing(theme().px(8))
        if display:
            line.addWidget(self.display, 6)
        else:
            line.addStretch(4)
        line.addWidget(self._rub, 1)
        line.addWidget(self._opener, 2)
        return line

    def add(self, text: str) -> None:
        """Take what belongs to a code, as far as there is room."""
        kept = "".join(ch for ch in text if ch.isascii() and (ch.isalnum() or ch in self._signs))
        self.text = (self.text + kept)[: self._most].upper()

    def rub_out(self) -> None:
        """Take back the last character."""
        self.text = self.text[:-1]

    def show(self, empty: str) -> None:
        """Put the characters on the display, or the words for none."""
        self.display.set_value(self.text or empty, quiet=not self.text)
