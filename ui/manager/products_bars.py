"""The bars around the table of products: title, filter, what to do with the chosen ones, where one is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_desktop.domain.money import THIN_SPACE
from ui.icons import qicon
from ui.keymap import Keymap
from ui.theme import RADIUS_KEY, theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget

_LEADING = QLineEdit.ActionPosition.LeadingPosition


def number(count: int) -> str:
    """``1284`` as ``1 284``."""
    return f"{count:,}".replace(",", THIN_SPACE)


class FilterField(QLineEdit):
    """Where the filter is typed. Signals: ``down`` to go on in the table."""

    down = Signal()

    def __init__(self, keys: Keymap) -> None:
        super().__init__()
        self.setObjectName("filter")
        self.setAccessibleName("Filter products")
        self.setPlaceholderText(f"Filter by name, code, supplier…   {keys.hint('back', 'filter')}")
        self.setMaxLength(100)
        self._icon = self.addAction(qicon("search", 20, theme().c.text2), _LEADING)
        theme().changed.connect(self._colour)

    def _colour(self) -> None:
        self._icon.setIcon(qicon("search", 20, theme().c.text2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter go on to the rows; Esc empties the filter."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """The filter and the key for what is low."""

    def __init__(self, keys: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = FilterField(keys)
        self.low = Key("Low stock", icon="triangle-alert", name="low_stock", height=44, checkable=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        row.addWidget(self.field, 1)
        row.addWidget(self.low)

    def set_low(self, count: int | None) -> None:
        """How many are low; colour only while there is something to do."""
        self.low.set_label("Low stock" if count is None else f"Low stock · {number(count)}")
        self.low.set_variant("warn" if count else "plain")


class BulkBar(PaintedWidget):
    """What can be done with the chosen products; hidden while none is."""

    def __init__(self, keys: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label("", role="body_strong", tone="accent", max_lines=1)
        hint = keys.hint("back", "print_labels")
        self.labels = Key("Labels", icon="barcode", name="bulk_labels", hint=hint, height=40)
        self.copy = Key("Copy", icon="clipboard-list", name="bulk_copy", hint="Ctrl+C", height=40)
        self.clear = Key("Clear", variant="ghost", name="bulk_clear", height=40)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(14), theme().px(6), theme().px(6), theme().px(6))
        row.setSpacing(theme().px(8))
        for widget in (self.words, self.labels, self.copy):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.clear)
        self.hide()

    def set_count(self, count: int) -> None:
        """Say how many are chosen."""
        self.words.set_text(f"{number(count)} selected")
        self.setVisible(count > 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the band."""
        with Canvas.on(self) as canvas:
            canvas.box(QRectF(self.rect()), theme().c.accent_soft, radius=theme().px(RADIUS_KEY))


class EmptyPanel(QWidget):
    """What stands where rows would: what is so, and the way on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label("", role="heading", tone="text2", align="center", max_lines=4)
        self.key = Key("Clear filter", name="clear_filter", height=48)
        self.key.setMaximumWidth(theme().px(200))
        column = QVBoxLayout(self)
        column.setSpacing(theme().px(16))
        column.addStretch(2)
        column.addWidget(self.words)
        column.addWidget(self.key, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, words: str, *, filtered: bool = False) -> None:
        """Say it, with the key that shows everything again when a filter is why."""
        self.words.set_text(words)
        self.key.setVisible(filtered)
