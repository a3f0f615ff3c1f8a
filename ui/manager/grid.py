"""The table every page uses: rows read as they are scrolled to, ticks, cells worked like a spreadsheet's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ui.manager.clip import block_text, decimal_sign
from ui.manager.grid_cells import GridDelegate
from ui.manager.grid_header import GridHeader
from ui.models.columns import Arrangement, Column
from ui.models.paged import PagedModel
from ui.theme import Layout, theme
from ui.widgets.table import DataTable

Index = QModelIndex | QPersistentModelIndex
_STEPS = {
    int(Qt.Key.Key_Up): (-1, 0),
    int(Qt.Key.Key_Down): (1, 0),
    int(Qt.Key.Key_Left): (0, -1),
    int(Qt.Key.Key_Right): (0, 1),
}
_NEAR = 40
"""Rows from the edge of those held at which the page beyond is asked for."""


class GridView(DataTable):
    """Ticks choose whole rows; a block of cells, dragged or taken with Shift, is copied and pasted over.

    Space ticks the row in hand, Ctrl+click a row, Shift+click all rows up to it, Ctrl+A all of the filter.
    F2, Enter or a double click edits a cell; Enter goes on below, Tab in the next cell that can be edited.
    Signals: ``in_hand(object)`` the current row or None; ``opened(object)`` Enter or a double click on a row
    that cannot be edited there; ``scrolled`` when other rows are in sight; ``everything_asked`` on Ctrl+A;
    ``pasted(str)`` on Ctrl+V; ``arranged`` when the person dragged a column.
    """

    in_hand = Signal(object)
    opened = Signal(object)
    scrolled = Signal()
    everything_asked = Signal()
    pasted = Signal(str)
    arranged = Signal()

    def __init__(self, model: PagedModel, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.arrangement = Arrangement()
        self._layout, self._anchor, self._fitting = Layout.NORMAL, (-1, -1), False
        made_for = [n for n, each in enumerate(model.columns) if each.editing is not None and each.number]
        self._last_column = made_for[0] if made_for else 0
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.head = GridHeader([column.sort for column in model.columns], self)
        self.setHorizontalHeader(self.head)
        self._cells = GridDelegate(self, self._in_block)
        self.setItemDelegate(self._cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setCornerWidget(QWidget(self))
        self.setModel(model)
        self.setSortingEnabled(False)
        self.head.show_sort([term for term in model.sort_by.split(",") if term])
        self._listen()

    def _listen(self) -> None:
        model = self._rows
        self.check_clicked.connect(lambda index: model.tick([index.row()]))
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._cells.moved.connect(self._go_on)
        self.head.sectionMoved.connect(self._dragged)
        model.modelAboutToBeReset.connect(self._cells.commit)
        model.shifted.connect(self._stay)
        model.ticks_changed.connect(self.viewport().update)

    # -- columns ---------------------------------------------------------------------------------------

    def shown_columns(self) -> list[Column]:
        """The columns in sight, in their order."""
        return self.arrangement.columns(self._rows.columns, self._layout)

    def _section(self, column: Column) -> int:
        return self._rows.columns.index(column)

    def arrange(self, arrangement: Arrangement) -> None:
        """Show these columns in this order."""
        self.arrangement = arrangement
        self._fit()

    def fit(self, layout: Layout) -> None:
        """The columns a window of this width has room for, when nobody chose others."""
        self._layout = layout
        self._fit()

    def _fit(self) -> None:
        if self._fitting:
            return  # a column hidden or shown may take the scroll bar away, which is another resize
        self._fitting = True
        shown = self.shown_columns()
        for column in self._rows.columns:
            self.setColumnHidden(self._section(column), column not in shown)
        for place, column in enumerate(shown):
            self.head.moveSection(self.head.visualIndex(self._section(column)), place)
        rest = self.viewport().width()
        for column in shown[1:]:
            wide = column.roomy if self._layout is Layout.WIDE and column.roomy else column.width
            self.setColumnWidth(self._section(column), theme().px(wide))
            rest -= theme().px(wide)
        self.setColumnWidth(self._section(shown[0]), max(rest, theme().px(min(shown[0].width, 220))))
        self._fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first column takes what the others leave."""
        super().resizeEvent(event)
        self._fit()
        self.scrolled.emit()

    def _dragged(self, *_: int) -> None:
        if self._fitting:
            return
        shown = sorted(self.shown_columns(), key=lambda c: self.head.visualIndex(self._section(c)))
        self.arrangement = Arrangement(tuple(column.key for column in shown))
        self.arranged.emit()

    # -- rows ------------------------------------------------------------------------------------------

    def row(self) -> Any:
        """The row in hand, or None."""
        index = self.currentIndex()
        return self._rows.row(index.row()) if index.isValid() else None

    def take(self, number: int, column: int | None = None) -> None:
        """Take a held row in hand and bring it into sight."""
        if column is None:
            column = 0 if self.isColumnHidden(self._last_column) else self._last_column
        index = self._rows.index(number, column)
        self._anchor = (index.row(), index.column())
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def rows_in_sight(self) -> tuple[int, int]:
        """The first and the last held row in sight; (-1, -1) without rows."""
        if not self._rows.rowCount():
            return -1, -1
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - theme().px(20))
        return first, last if last >= 0 else self._rows.rowCount() - 1

    def _current_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        self.viewport().update()
        self._last_column = now.column() if now.isValid() else self._last_column
        if now.row() != before.row() or now.isValid() != before.isValid():
            self.in_hand.emit(self._rows.row(now.row()) if now.isValid() else None)

    def _scrolled(self, _value: int) -> None:
        first, last = self.rows_in_sight()
        if 0 <= first < _NEAR:
            self._rows.fetch_before()
        if last > self._rows.rowCount() - _NEAR:
            self._rows.fetchMore()
        self.scrolled.emit()

    def _stay(self, rows: int) -> None:
        """Rows came or went above: keep those in sight where they are."""
        bar = self.verticalScrollBar()
        bar.blockSignals(True)
        self.updateGeometries()
        bar.setValue(max(0, bar.value() + rows))
        bar.blockSignals(False)
        self._anchor = (self._anchor[0] + rows, self._anchor[1])
        self.viewport().update()
        self.scrolled.emit()

    # -- the block of cells in hand --------------------------------------------------------------------

    def block(self) -> QRect:
        """The cells in hand, by held row and by place among the columns in sight: x and y from 0."""
        current = self.currentIndex()
        if not current.isValid():
            return QRect()
        place = self.head.visualIndex
        row, column = self._anchor if self._anchor[0] >= 0 else (current.row(), current.column())
        x = sorted((place(max(0, column)), place(current.column())))
        y = sorted((min(row, self._rows.rowCount() - 1), current.row()))
        return QRect(x[0], y[0], x[1] - x[0] + 1, y[1] - y[0] + 1)

    def _in_block(self, index: Index) -> bool:
        block = self.block()
        if block.width() * block.height() <= 1:
            return False
        return block.contains(self.head.visualIndex(index.column()), index.row())

    def block_columns(self) -> Sequence[Column]:
        """The columns of the block, in their order on screen."""
        block = self.block()
        return self.shown_columns()[block.left() : block.right() + 1]

    def copy(self) -> None:
        """The block of cells, or else the ticked rows, or else the cell in hand, to the clipboard."""
        block = self.block()
        many = block.width() * block.height() > 1
        if self._rows.ticked and not many:
            rows, columns = list(self._rows.ticked.values()), self.shown_columns()
        else:
            rows = (
                [self._rows.row(y) for y in range(block.top(), block.bottom() + 1)] if block.isValid() else []
            )
            columns = list(self.block_columns())
        if rows:
            QGuiApplication.clipboard().setText(block_text(rows, columns, decimal_sign()))

    # -- editing ---------------------------------------------------------------------------------------

    @property
    def editor(self) -> QWidget | None:
        """The cell's field while one is being typed into."""
        return self._cells.editor

    def commit(self) -> None:
        """Take what is being typed into a cell."""
        self._cells.commit()

    def edit_here(self) -> bool:
        """Edit the cell in hand, or the first number of its row that can be; False when there is none."""
        current = self.currentIndex()
        if not current.isValid():
            return False
        if self._rows.columns[current.column()].editing is None:
            keys = [
                column for column in self.shown_columns()[1:] if column.editing is not None and column.number
            ]
            if not keys:
                return False
            current = self._rows.index(current.row(), self._section(keys[0]))
        self._edit(current)
        return True

    def _edit(self, index: QModelIndex) -> None:
        self.take(index.row(), index.column())
        self.scrollTo(index)
        self.edit(index)

    def _go_on(self, rows: int, columns: int) -> None:
        current = self.currentIndex()
        self.setFocus()
        if rows:
            self.take(max(0, min(current.row() + rows, self._rows.rowCount() - 1)), current.column())
            return
        shown = [self._section(column) for column in self.shown_columns() if column.editing is not None]
        spots = [
            (row, section) for row in (current.row(), current.row() + columns) for section in shown[::columns]
        ]
        after = spots[spots.index((current.row(), current.column())) + 1 :]
        if after and 0 <= after[0][0] < self._rows.rowCount():
            self._edit(self._rows.index(*after[0]))

    def _open(self, index: QModelIndex) -> None:
        if self._rows.columns[index.column()].editing is not None:
            self._edit(index)
        else:
            self.opened.emit(self._rows.row(index.row()))

    # -- mouse and keys --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Shift ticks from the row in hand to here, Ctrl this row; a plain press takes the cell in hand."""
        index, before = self.indexAt(event.position().toPoint()), self.currentIndex()
        super().mousePressEvent(event)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        self.take(index.row(), index.column())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and before.isValid():
            self._rows.tick(range(min(before.row(), index.row()), max(before.row(), index.row()) + 1), True)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._rows.tick([index.row()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging with the button held takes a block of cells in hand."""
        index = self.indexAt(event.position().toPoint())
        if event.buttons() & Qt.MouseButton.LeftButton and index.isValid() and self._anchor[0] >= 0:
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Only the tick box itself ticks: the rest of the first cell takes the row in hand."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        held = event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        beside = index.column() == 0 and place.x() > self.visualRect(index).left() + theme().px(40)
        if held or beside or self.block().height() > 1:
            QAbstractItemView.mouseReleaseEvent(self, event)
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of a spreadsheet; typed text goes to the filter."""
        current, key = self.currentIndex(), event.key()
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.everything_asked.emit()
        elif event.text() == " " and current.isValid():
            self._rows.tick([current.row()])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self._open(current)
        elif control and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._to_edge(end=key == Qt.Key.Key_End)
        elif key in _STEPS and current.isValid() and not control:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(*_STEPS[key], keep=shift)
        else:
            super().keyPressEvent(event)

    def _step(self, rows: int, columns: int, *, keep: bool) -> None:
        """To the neighbouring cell; ``keep`` leaves the other corner of the block where it is."""
        current = self.currentIndex()
        shown = [self._section(column) for column in self.shown_columns()]
        place = shown.index(current.column()) if current.column() in shown else 0
        row = max(0, min(current.row() + rows, self._rows.rowCount() - 1))
        index = self._rows.index(row, shown[max(0, min(place + columns, len(shown) - 1))])
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        if not keep:
            self._anchor = (index.row(), index.column())
        self.viewport().update()

    def _to_edge(self, *, end: bool) -> None:
        """The first or the last row of all, which may have to be read first."""
        if end and not self._rows.at_end:
            self._rows.show_end()
        elif not end and not self._rows.at_start:
            self._rows.show(self._rows.wanted)
        elif self._rows.rowCount():
            self.take(self._rows.rowCount() - 1 if end else 0)
