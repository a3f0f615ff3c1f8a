"""How the cells of a grid are painted and typed into, with the keys of a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QCompleter,
    QLineEdit,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from shiboken6 import isValid

from ui.models.paged import PagedModel, ProblemRole
from ui.theme import theme
from ui.widgets.canvas import Canvas
from ui.widgets.table import CellDelegate

Index = QModelIndex | QPersistentModelIndex
_STEPS = {
    int(Qt.Key.Key_Return): (1, 0),
    int(Qt.Key.Key_Enter): (1, 0),
    int(Qt.Key.Key_Down): (1, 0),
    int(Qt.Key.Key_Up): (-1, 0),
    int(Qt.Key.Key_Tab): (0, 1),
    int(Qt.Key.Key_Backtab): (0, -1),
}
Commit = QAbstractItemDelegate.EndEditHint


class GridDelegate(CellDelegate):
    """Paints ticked rows, the block of cells in hand and the row in hand; edits in place.

    Signals: ``moved(int, int)`` after an editor was left by a key: rows and columns to go on by.
    """

    moved = Signal(int, int)

    def __init__(self, table: QTableView, in_block: Callable[[Index], bool]) -> None:
        super().__init__(table)
        self._table, self._in_block = table, in_block
        self._editor: QLineEdit | None = None

    @property
    def editor(self) -> QLineEdit | None:
        """The field being typed into, or None."""
        alive = self._editor is not None and isValid(self._editor) and not self._editor.isHidden()
        return self._editor if alive else None

    # -- painting --------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell in its state."""
        t, rect = theme(), QRectF(option.rect)
        model: PagedModel = index.model()  # type: ignore[assignment]
        states: Any = QStyle.StateFlag
        focus = bool(option.state & states.State_HasFocus)
        bare: Any = option
        bare.state &= ~(states.State_Selected | states.State_HasFocus)
        if model.row(index.row()).id in model.ticked:
            bare.state |= states.State_Selected
        block = self._in_block(index)
        painter.save()
        if block:
            Canvas(painter, rect).fill(rect, t.c.accent_soft)
        super().paint(painter, option, index)
        canvas = Canvas(painter, rect)
        if index.column() == 0 and index.row() == self._table.currentIndex().row():
            canvas.fill(QRectF(rect.left(), rect.top(), t.px(4), rect.height() - 1), t.c.accent)
        if index.data(ProblemRole):
            canvas.box(rect.adjusted(1, 1, -1, -2), None, t.c.danger, radius=4, width=1.5)
        if focus:
            canvas.box(rect.adjusted(1, 1, -1, -1), None, t.c.accent, radius=4, width=2)
        painter.restore()

    # -- editing ---------------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A text field; where only some texts will do it completes them."""
        model: PagedModel = index.model()  # type: ignore[assignment]
        column = model.columns[index.column()]
        field = QLineEdit(parent)
        field.setObjectName("cell_editor")
        field.setAccessibleName(column.title)
        field.setMaxLength(200)
        if column.number:
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
        if column.editing is not None and column.editing.choices is not None:
            completer = QCompleter(list(column.editing.choices()), field)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
            field.setCompleter(completer)
        self._editor = field
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with what the cell has, all of it selected."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        """Keep what was typed as a draft."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """As large as the cell."""
        editor.setGeometry(option.rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter and the arrows go down and up, Tab along the row, Esc leaves the cell as it was."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and editor is self._editor:
            if event.key() == Qt.Key.Key_Escape:
                field, self._editor = self._editor, None
                self.closeEditor.emit(field, Commit.RevertModelCache)
                return True
            step = _STEPS.get(event.key())
            if step is not None:
                self.commit()
                self.moved.emit(*step)
                return True
        return super().eventFilter(editor, event)

    def commit(self) -> None:
        """Take what is being typed, if anything is, and close the field."""
        editor, self._editor = self.editor, None
        if editor is not None:
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, Commit.NoHint)
