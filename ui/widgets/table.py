"""The back-office table: painted cells with pills and dots, and a header whose arrow points the right way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.canvas import LEFT, RIGHT, Canvas
from ui.widgets.labels import state_colours, tone_colour

Index = QModelIndex | QPersistentModelIndex
_USER = int(Qt.ItemDataRole.UserRole)
ChipRole, DotRole, StrongRole, ToneRole = _USER + 10, _USER + 11, _USER + 12, _USER + 13
_PAD = 10


@dataclass(frozen=True, slots=True)
class Pill:
    """A status in a cell: words, state (neutral good warn danger accent) and an icon saying the same."""

    text: str
    state: str = "neutral"
    icon: str = ""


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: tick box, category dot, pill or text; a long name wraps before it shrinks."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        t, rect = theme(), QRectF(option.rect)
        painter.save()
        canvas = Canvas(painter, rect, rtl=option.direction == Qt.LayoutDirection.RightToLeft)
        if option.state & QStyle.StateFlag.State_Selected:
            canvas.fill(rect, t.c.accent_soft)
        canvas.fill(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), t.c.line)
        inner = rect.adjusted(t.px(_PAD), 1, -t.px(_PAD), -1)
        inner = self._paint_check(canvas, inner, index)
        pill = index.data(ChipRole)
        if isinstance(pill, Pill):
            self._paint_pill(canvas, inner, pill)
        else:
            self._paint_text(canvas, self._paint_dot(canvas, inner, index), index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            canvas.box(rect.adjusted(1, 1, -1, -1), None, t.c.accent, radius=4, width=2)
        painter.restore()

    def _paint_check(self, canvas: Canvas, inner: QRectF, index: Index) -> QRectF:
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            return inner
        t = theme()
        side = t.px(20)
        box = QRectF(inner.left() + t.px(2), inner.center().y() - side / 2, side, side)
        ticked = Qt.CheckState(state) == Qt.CheckState.Checked
        fill = t.c.accent if ticked else t.c.surface
        canvas.box(box, fill, fill if ticked else t.c.line_strong, radius=t.px(5), width=1.5)
        if ticked:
            canvas.icon(box.adjusted(3, 3, -3, -3), "check", t.c.on_accent, stroke=3)
        return inner.adjusted(side + t.px(10), 0, 0, 0)

    def _paint_dot(self, canvas: Canvas, inner: QRectF, index: Index) -> QRectF:
        category = index.data(DotRole)
        if not category:
            return inner
        t = theme()
        side = t.px(9)
        dot = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
        canvas.box(dot, t.category(category), radius=side / 2)
        return inner.adjusted(side + t.px(8), 0, 0, 0)

    def _paint_pill(self, canvas: Canvas, inner: QRectF, pill: Pill) -> None:
        t = theme()
        spec = t.type("hint").scaled(12 / 11)
        fill, ink = state_colours(pill.state)
        icon = t.px(18) if pill.icon else 0
        width = min(inner.width(), spec.width(pill.text) + icon + t.px(16))
        box = QRectF(inner.left(), inner.center().y() - t.px(12), width, t.px(24))
        canvas.box(box, fill, radius=box.height() / 2)
        if pill.icon:
            glyph = QRectF(box.left() + t.px(7), box.center().y() - t.px(7), t.px(14), t.px(14))
            canvas.icon(glyph, pill.icon, ink, stroke=2.4)
        words = QRectF(box.left() + t.px(7) + icon, box.top(), width - icon - t.px(13), box.height())
        canvas.text(words, pill.text, spec, ink)

    def _paint_text(self, canvas: Canvas, inner: QRectF, index: Index) -> None:
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if text in (None, ""):
            return
        t = theme()
        number = bool(_alignment(index) & int(Qt.AlignmentFlag.AlignRight))
        spec = t.type("table_strong" if index.data(StrongRole) else "table")
        ink = tone_colour(index.data(ToneRole) or "text")
        side = RIGHT if number else LEFT
        canvas.text(inner, str(text), spec, ink, align=side, max_lines=1 if number else 2, ltr=number)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Enough for the words on one line, for "resize column to contents"."""
        t = theme()
        pill = index.data(ChipRole)
        text = pill.text if isinstance(pill, Pill) else str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        extra = 2 * _PAD + (34 if isinstance(pill, Pill) else 0) + (17 if index.data(DotRole) else 0)
        if index.data(Qt.ItemDataRole.CheckStateRole) is not None:
            extra += 30
        return QSize(round(t.type("table_strong").width(text)) + t.px(extra) + 2, option.rect.height())


def _alignment(index: Index) -> int:
    value = index.data(Qt.ItemDataRole.TextAlignmentRole)
    if value is None:
        return int(Qt.AlignmentFlag.AlignLeft)
    return int(value.value) if isinstance(value, Qt.AlignmentFlag) else int(value)


class TableHeader(QHeaderView):
    """The painted header: arrow up for ascending, down for descending; the tooltip says it too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setSortIndicatorShown(True)
        self.setSortIndicatorClearable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.sortIndicatorChanged.connect(self._say_sort)

    def _say_sort(self, section: int, order: Qt.SortOrder) -> None:
        if self.model() is None or section < 0:
            self.setToolTip("")
            return
        name = self.model().headerData(section, Qt.Orientation.Horizontal)
        up = order == Qt.SortOrder.AscendingOrder
        words = t("Sorted by {name}, smallest first") if up else t("Sorted by {name}, largest first")
        self.setToolTip(words.format(name=name))

    def sizeHint(self) -> QSize:
        """40 logical pixels high."""
        return QSize(super().sizeHint().width(), theme().px(40))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one column's heading."""
        t, area = theme(), QRectF(rect)
        painter.save()
        canvas = Canvas(painter, area, rtl=self.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        # No fill: the card shows through, so its round corners stay round.
        canvas.fill(QRectF(area.left(), area.bottom() - 1, area.width(), 1), t.c.line_strong)
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        value = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        number = value is not None and bool(int(value) & int(Qt.AlignmentFlag.AlignRight.value))
        inner = area.adjusted(t.px(_PAD), 0, -t.px(_PAD), -1)
        spec = t.type("chip")
        arrow = t.px(18) if self.sortIndicatorSection() == section and text else 0
        room = inner.adjusted(arrow, 0, 0, 0) if number else inner.adjusted(0, 0, -arrow, 0)
        used = canvas.text(
            room, text, spec, t.c.text if arrow else t.c.text2, align=RIGHT if number else LEFT, max_lines=2
        )
        if arrow:
            self._paint_arrow(canvas, used, number)
        painter.restore()

    def _paint_arrow(self, canvas: Canvas, words: QRectF, number: bool) -> None:
        t = theme()
        up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        side = t.px(14)
        left = words.left() - side - t.px(4) if number else words.right() + t.px(4)
        place = QRectF(left, words.center().y() - side / 2, side, side)
        canvas.icon(place, "arrow-up" if up else "arrow-down", t.c.accent, stroke=2.6)


class DataTable(QTableView):
    """A QTableView in the kit's dress: typing asks for the filter, a whole cell is its tick box.

    Signals: ``check_clicked(QModelIndex)`` on a cell with a tick box; ``filter_typed(str)`` for typed text.
    """

    check_clicked = Signal(QModelIndex)
    filter_typed = Signal(str)

    def __init__(
        self, parent: QWidget | None = None, *, density: Literal["normal", "touch"] = "normal"
    ) -> None:
        super().__init__(parent)
        self._density = density
        self.setHorizontalHeader(TableHeader(self))
        self.setItemDelegate(CellDelegate(self))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSortingEnabled(True)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self._set_rows()
        theme().changed.connect(self._set_rows)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show ``model`` in its own order: the header sorts by nothing until someone asks."""
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        super().setModel(model)

    def _set_rows(self) -> None:
        height = theme().px(48 if self._density == "touch" else 40)
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(theme().px(40))
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere in a tick-box cell ticks it."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.data(Qt.ItemDataRole.CheckStateRole) is not None:
            self.check_clicked.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Typed text goes to the filter; Space ticks; the rest is the view's own."""
        text, current = event.text(), self.currentIndex()
        control = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if text == " " and current.isValid() and current.data(Qt.ItemDataRole.CheckStateRole) is not None:
            self.check_clicked.emit(current)
        elif text and text.isprintable() and text != " " and not control:
            self.filter_typed.emit(text)
        else:
            super().keyPressEvent(event)
