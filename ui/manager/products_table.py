"""The table of products: a tick for each chosen row, a bar at the row in hand, sorting where it can."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QWidget

from pos_desktop.services.manager import Product
from ui.models.products import (
    CATEGORY,
    CODE,
    COLUMNS,
    COST,
    MARGIN,
    NAME,
    ON_HAND,
    PRICE,
    SORTS,
    STATUS,
    ProductsModel,
)
from ui.theme import Layout, theme
from ui.widgets.canvas import Canvas
from ui.widgets.table import CellDelegate, DataTable, Index

_WIDTHS = {CODE: 132, CATEGORY: 128, PRICE: 92, COST: 84, MARGIN: 84, ON_HAND: 100, STATUS: 112}
_ROOMY = {CATEGORY: 200, CODE: 148}
_HIDDEN = {Layout.COMPACT: {CODE, CATEGORY, COST, MARGIN}, Layout.NORMAL: {COST}, Layout.WIDE: set[int]()}


class _RowDelegate(CellDelegate):
    """A cell of the table, with a bar at the left of the row in hand."""

    def __init__(self, table: QAbstractItemView) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell, then the bar."""
        super().paint(painter, option, index)
        if index.column() == NAME and index.row() == self._table.currentIndex().row():
            rect = QRectF(option.rect)
            painter.save()
            width = theme().px(4)
            Canvas(painter, rect).fill(
                QRectF(rect.left(), rect.top(), width, rect.height() - 1), theme().c.accent
            )
            painter.restore()


class ProductsTable(DataTable):
    """Products with ticks. Ctrl+click ticks, Shift+click ticks up to here, a plain click takes a row in hand.

    Signals: ``in_hand(object)`` the Product of the current row or None; ``edit_asked`` on a double click on a
    price or Enter; ``scrolled`` when other rows are in sight; ``everything_asked`` on Ctrl+A.
    """

    in_hand = Signal(object)
    edit_asked = Signal()
    scrolled = Signal()
    everything_asked = Signal()

    def __init__(self, products: ProductsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._products = products
        self._kept = (NAME, Qt.SortOrder.AscendingOrder)
        self.setObjectName("products")
        self.setAccessibleName("Products")
        self.setItemDelegate(_RowDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setModel(products)
        self._set_columns()
        self._listen()

    def _listen(self) -> None:
        self.setSortingEnabled(False)
        self._header.setSortIndicatorShown(True)
        self._header.setSortIndicator(*self._kept)
        self._header.sortIndicatorChanged.connect(self._sort_asked)
        self.check_clicked.connect(lambda index: self._products.tick([index.row()]))
        self.doubleClicked.connect(self._double_clicked)
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        self._products.ticks_changed.connect(self._mark_ticked)
        self._products.modelReset.connect(self._mark_ticked)
        self._products.rowsInserted.connect(lambda *_: self._mark_ticked())
        self.verticalScrollBar().valueChanged.connect(lambda _: self.scrolled.emit())

    @property
    def _header(self) -> QHeaderView:
        return self.horizontalHeader()

    def _set_columns(self) -> None:
        header = self._header
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)

    def fit_columns(self, layout: Layout) -> None:
        """The columns a window of this width has room for; the rest is in the detail beside it."""
        widths = _WIDTHS | (_ROOMY if layout is Layout.WIDE else {})
        for column in range(len(COLUMNS)):
            self.setColumnHidden(column, column in _HIDDEN[layout])
            if column in widths:
                self.setColumnWidth(column, theme().px(widths[column]))

    # -- sorting ---------------------------------------------------------------------------------------

    def _sort_asked(self, column: int, order: Qt.SortOrder) -> None:
        if column not in SORTS and column != -1:
            # The database cannot sort by it: the arrow stays where it was.
            self._header.blockSignals(True)
            self._header.setSortIndicator(*self._kept)
            self._header.blockSignals(False)
            return
        self._kept = (column, order)
        self._products.sort(column, order)

    # -- rows ------------------------------------------------------------------------------------------

    def product(self) -> Product | None:
        """The product of the row in hand."""
        index = self.currentIndex()
        return self._products.product(index.row()) if index.isValid() else None

    def take(self, row: int) -> None:
        """Take a row in hand and bring it into sight."""
        self.setCurrentIndex(self._products.index(row, NAME))

    def rows_in_sight(self) -> tuple[int, int]:
        """The first and the last row in sight, counted from 1; (0, 0) without rows."""
        if not self._products.rowCount():
            return 0, 0
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - theme().px(20))
        return first + 1, (last if last >= 0 else self._products.rowCount() - 1) + 1

    def _row_changed(self, now: QModelIndex, _before: QModelIndex) -> None:
        self.viewport().update()  # the bar moves
        self.in_hand.emit(self._products.product(now.row()) if now.isValid() else None)

    def _mark_ticked(self) -> None:
        model = self._products
        chosen = QItemSelection()
        for row in range(model.rowCount()):
            if model.product(row).id in model.ticked:
                chosen.select(model.index(row, 0), model.index(row, len(COLUMNS) - 1))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() == PRICE:
            self.edit_asked.emit()

    # -- mouse and keys --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Shift ticks from the row in hand to here, Ctrl ticks this row."""
        index, before = self.indexAt(event.position().toPoint()), self.currentIndex()
        super().mousePressEvent(event)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        self.setCurrentIndex(index)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and before.isValid():
            self._products.tick(_between(before.row(), index.row()), True)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._products.tick([index.row()])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Only the tick box itself ticks: the rest of the name's cell takes the row in hand."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        held = event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        beside = index.column() == NAME and place.x() > self.visualRect(index).left() + theme().px(40)
        if held or beside:
            QAbstractItemView.mouseReleaseEvent(self, event)
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks the row in hand, Ctrl+A everything, Ctrl+C copies, Enter goes to the price."""
        current = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.everything_asked.emit()
        elif event.text() == " " and current.isValid():
            self._products.tick([current.row()])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_asked.emit()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in _STEPS:
            self._extend(current.row() + _STEPS[event.key()])
        else:
            super().keyPressEvent(event)

    def _extend(self, row: int) -> None:
        if 0 <= row < self._products.rowCount():
            self._products.tick(_between(self.currentIndex().row(), row), True)
            self.take(row)

    def copy(self) -> None:
        """The chosen rows, or the one in hand, to the clipboard as a spreadsheet takes them."""
        product = self.product()
        chosen: Iterable[Product] = self._products.ticked.values() or ([product] if product else [])
        lines = ["\t".join(self._products.plain(each)) for each in chosen]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))


_STEPS = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}


def _between(one: int, other: int) -> range:
    return range(max(0, min(one, other)), max(one, other) + 1)
