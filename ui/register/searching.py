"""What the searches share: a box to type in, the results below it, the chosen row moved by keys or touch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.register.screen import Screen
from ui.theme import SPACE_2, SPACE_3, Layout, theme
from ui.widgets.basket_list import BasketList, BasketModel, BasketRow
from ui.widgets.key import Key
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import Label
from ui.widgets.surface import Card


class SearchScreen(Screen):
    """Enter, a second touch of the chosen row and the keyboard's last key all end in :meth:`choose`.

    Signals: ``back()``.
    """

    back = Signal()

    def __init__(self, box: QLineEdit, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = 0
        self._count = 0
        self.box = box
        self._note = Label("", role="basket_note", tone="text2", max_lines=2)
        self._model = BasketModel(self)
        self._list = BasketList()
        self._list.setModel(self._model)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.row_chosen.connect(self._tapped)
        self._keyboard = OnScreenKeyboard()
        self._keyboard.set_target(box)
        box.returnPressed.connect(self.choose)
        self._keyboard.done.connect(self.choose)

    def _lay_out(self, title: Label, *keys: Key) -> None:
        outer = QVBoxLayout(self)
        margin = theme().px(SPACE_3)
        outer.setContentsMargins(margin, margin, margin, margin)
        outer.setSpacing(theme().px(SPACE_2))
        top = Card(padding=12, spacing=8)
        row = QHBoxLayout()
        row.addWidget(title, 1)
        for key in keys:
            row.addWidget(key)
        top.body.addLayout(row)
        top.body.addWidget(self.box)
        top.body.addWidget(self._note)
        results = Card(padding=0)
        results.body.addWidget(self._list)
        outer.addWidget(top)
        outer.addWidget(results, 1)
        outer.addWidget(self._keyboard)

    def choose(self) -> None:
        """Take the chosen row, or do with what is typed what the screen does."""
        raise NotImplementedError

    def _show_rows(self, rows: Sequence[BasketRow]) -> None:
        self._row, self._count = 0, len(rows)
        self._model.set_rows(list(rows))
        if rows:
            self._list.follow_row(0)

    def _tapped(self, row: int) -> None:
        if row == self._row:
            self.choose()
        else:
            self._move_to(row)

    def _move_to(self, row: int) -> None:
        if self._count:
            self._row = max(0, min(self._count - 1, row))
            self._list.follow_row(self._row)

    def _move_by(self, rows: int) -> None:
        self._move_to(self._row + rows)

    def shown(self) -> None:
        """Type at once."""
        compact = theme().layout_for(self.width()) is Layout.COMPACT
        self._list.setMinimumHeight(theme().px(120 if compact else 180))
        self.box.setFocus()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()
