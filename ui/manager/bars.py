"""The bars around a grid: the filter, what to do with the chosen rows, and what stands where rows would."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.domain.money import THIN_SPACE
from pos_desktop.words import t
from ui.icons import qicon
from ui.theme import RADIUS_KEY, theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget
from ui.widgets.surface import Card, Rule

_BESIDE_WORDS = 62
"""What frame, icon and padding of a filter take of its width, in logical pixels."""
_NARROWEST = 400
"""Keys beside one another must not keep a window from getting small: it hides some, and others shrink."""
_LEADING = QLineEdit.ActionPosition.LeadingPosition


def number(count: int) -> str:
    """``1284`` as ``1 284``."""
    return f"{count:,}".replace(",", THIN_SPACE)


def in_store(count: int, more: bool, store: str) -> str:
    """How many rows a store has; ``more`` when counting stopped there."""
    return t("{n} in {store}", n=f"{number(count)}{'+' if more else ''}", store=store)


class FilterField(QLineEdit):
    """Where the filter is typed; its key stands beside the words where there is room for both.

    Signals: ``down`` to go on in the table.
    """

    down = Signal()

    def __init__(self, words: str, hint: str, name: str) -> None:
        super().__init__()
        self._words, self._hint = words, hint
        self.setObjectName("filter")
        self.setAccessibleName(name)
        self.setToolTip(words)
        self.setMaxLength(100)
        self._icon = self.addAction(qicon("search", 20, theme().c.text2), _LEADING)
        theme().changed.connect(self._colour)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words alone when they and the key do not fit; one word where there is no room for more."""
        super().resizeEvent(event)
        room = self.width() - theme().px(_BESIDE_WORDS)
        least = t("Filter…")
        words = (f"{self._words}   {self._hint}", self._words)
        fitting = (each for each in words if self.fontMetrics().horizontalAdvance(each) <= room)
        self.setPlaceholderText(next(fitting, least))

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
    """The filter and keys beside it."""

    def __init__(
        self, words: str, hint: str, name: str, keys: Sequence[Key], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = FilterField(words, hint, name)
        self.field.setMinimumWidth(theme().px(200))
        self.setMinimumWidth(theme().px(_NARROWEST))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().px(8))
        self._row.addWidget(self.field, 1)
        for key in keys:
            self._row.addWidget(key)

    def settle(self) -> None:
        """Lay the keys out at once after some were hidden or shown, not a frame later."""
        self._row.activate()


class BulkBar(PaintedWidget):
    """What can be done with the chosen rows; hidden while none is."""

    def __init__(self, keys: Sequence[Key], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label("", role="body_strong", tone="accent", max_lines=1)
        self.copy = Key(t("Copy @to the clipboard"), icon="clipboard-list", name="bulk_copy", height=40)
        self.clear = Key(t("Clear @chosen rows"), variant="ghost", name="bulk_clear", height=40)
        self.setMinimumWidth(theme().px(_NARROWEST))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(14), theme().px(6), theme().px(6), theme().px(6))
        row.setSpacing(theme().px(8))
        for widget in (self.words, *keys, self.copy):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.clear)
        self.hide()

    def set_count(self, count: int) -> None:
        """Say how many are chosen."""
        self.words.set_text(t("{n} selected", n=number(count)))
        self.setVisible(count > 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the band."""
        with Canvas.on(self) as canvas:
            canvas.box(QRectF(self.rect()), theme().c.accent_soft, radius=theme().px(RADIUS_KEY))


class _Skeleton(PaintedWidget):
    """Rows that are still on their way."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        px, colour = theme().px, theme().c.sunken
        with Canvas.on(self) as canvas:
            for line in range(self.height() // px(40)):
                top = line * px(40) + px(14)
                for left, width in ((0.03, 0.30 - 0.03 * (line % 3)), (0.48, 0.14), (0.78, 0.10)):
                    bar = QRectF(self.width() * left, top, self.width() * width, px(12))
                    canvas.box(bar, colour, radius=px(6))


class EmptyPanel(QWidget):
    """What stands where rows would: what is so, and the way on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label("", role="heading", tone="text2", align="center", max_lines=4)
        self.key = Key(t("Clear filter"), name="clear_filter", height=48)
        self.key.setMaximumWidth(theme().px(200))
        self._skeleton = _Skeleton()
        column = QVBoxLayout(self)
        column.setSpacing(theme().px(16))
        column.addWidget(self._skeleton, 20)
        column.addStretch(2)
        column.addWidget(self.words)
        column.addWidget(self.key, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, words: str, *, filtered: bool = False, loading: bool = False) -> None:
        """Say it, with the key that shows everything again when a filter is why."""
        self.words.set_text(words)
        self.key.setVisible(filtered)
        self._skeleton.setVisible(loading)


class RowsCard(Card):
    """The rows, or what stands in their place; below them one line with where one is."""

    def __init__(self, table: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(padding=2, spacing=0, parent=parent)
        px = theme().px
        self.empty = EmptyPanel()
        self.foot = Label("", role="caption", tone="text2", max_lines=1)
        self._table = table
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(table)
        self.foot_row = QHBoxLayout()
        self.foot_row.setContentsMargins(px(14), px(8), px(14), px(8))
        self.foot_row.setSpacing(px(12))
        self.foot_row.addWidget(self.foot, 1)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(Rule())
        self.body.addLayout(self.foot_row)

    def show_rows(self) -> None:
        """Show the rows."""
        self._stack.setCurrentWidget(self._table)

    def say(self, words: str, *, filtered: bool = False, loading: bool = False) -> None:
        """Say why there are no rows."""
        self.empty.say(words, filtered=filtered, loading=loading)
        self._stack.setCurrentWidget(self.empty)
        self.foot.set_text("")
