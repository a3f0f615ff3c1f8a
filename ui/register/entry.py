"""The entry of the sale: scan box and number pad are one; ``6*`` is a quantity, letters are a search."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.quantity import format_qty, parse_qty
from ui.register.rail import PadCard
from ui.register.ringing import Ringing
from ui.register.topbar import ScanBox

TIMES = "*×xX"


class Entry(QObject):
    """Signals: ``submitted(str)`` a typed code; ``searched(str)`` the first letters of a name."""

    submitted = Signal(str)
    searched = Signal(str)

    def __init__(self, box: ScanBox, pad: PadCard, ringing: Ringing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._box, self._pad, self._ringing = box, pad, ringing
        box.textChanged.connect(self._changed)
        box.submitted.connect(lambda _text: self.submit())
        pad.pressed.connect(self._pad_key)

    @property
    def text(self) -> str:
        """What is typed and not yet taken."""
        return self._box.text().strip()

    @property
    def shown(self) -> str:
        """The entry as a person reads it: ``6 × 4011``."""
        return self._pad.display.value()

    def type(self, text: str) -> None:
        """Type ``text`` as if the box had the focus."""
        self._box.insert(text)

    def clear(self) -> bool:
        """Clear what is typed, then the quantity; False when there was nothing to clear."""
        if self._box.text():
            self._box.clear()
            return True
        if self._ringing.multiplier is not None:
            self._ringing.set_multiplier(None)
            self.refresh()
            return True
        return False

    def times(self) -> None:
        """Make what is typed the quantity of the next item."""
        qty = parse_qty(self.text.rstrip(TIMES))
        if qty is None:
            return
        self._ringing.set_multiplier(qty)
        self._box.clear()
        self.refresh()

    def submit(self) -> None:
        """Take what is typed as a code."""
        text = self.text
        if text:
            self._box.clear()
            self.submitted.emit(text)

    def take_number(self) -> str:
        """What is typed, for a key that uses it as a number (quantity of a line); the box is cleared."""
        text = self.text
        self._box.clear()
        return text

    def focus(self) -> None:
        """Put the caret into the box."""
        self._box.setFocus()
        self._box.end(False)

    def refresh(self) -> None:
        """Show entry and quantity on the pad."""
        qty = self._ringing.multiplier
        self._pad.show_entry(format_qty(qty) if qty is not None else "", self._box.text())

    def _changed(self, text: str) -> None:
        stripped = text.strip()
        if stripped and stripped[-1] in TIMES and parse_qty(stripped[:-1]) is not None:
            self.times()
            return
        if any(ch.isalpha() for ch in stripped):
            self._box.clear()
            self.searched.emit(stripped)
            return
        self.refresh()

    def _pad_key(self, name: str) -> None:
        if name == "enter":
            self.submit()
        elif name == "qty":
            self.times()
        elif name == "backspace":
            if self._box.text():
                self._box.backspace()
            else:
                self.clear()
        else:
            self._box.insert(name)
