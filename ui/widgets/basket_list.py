"""The basket: rows of quantity, full name, price, promotion and amount, painted by a delegate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QScroller,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.canvas import CENTER, RIGHT, TOP, Canvas
from ui.widgets.text import Fitted, fit

Index = QModelIndex | QPersistentModelIndex
RowRole = int(Qt.ItemDataRole.UserRole) + 1
_TAP_SLOP = 10
NAME_LINES = 2
"""A name takes two lines at most: a longer one gets smaller letters first, and is whole in any case."""


@dataclass(frozen=True, slots=True)
class BasketRow:
    """One line as text: quantity ("3", "0.842 kg"; "" for none), name, unit price ("1.90 each"), amount.

    ``flag`` is a short restriction ("18+"), ``promo`` a deal in words, ``note`` anything else worth saying.
    ``state``: normal, removed (struck through), attention. ``key`` is the caller's own identity of the line.
    """

    quantity: str
    name: str
    unit_price: str
    amount: str
    flag: str = ""
    promo: str = ""
    note: str = ""
    state: Literal["normal", "removed", "attention"] = "normal"
    key: object = None

    def spoken(self) -> str:
        """The row as a screen reader says it."""
        parts = (f"{self.quantity} {self.name}", self.flag, self.promo, self.note, self.amount)
        return ", ".join(part.strip() for part in parts if part)


class BasketModel(QAbstractListModel):
    """The rows of a basket for BasketList; tells the view exactly which rows changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[BasketRow] = []

    def set_rows(self, rows: Sequence[BasketRow]) -> None:
        """Show ``rows``: equal rows at the start are left alone, so a scan repaints only its own."""
        fresh = list(rows)
        common = min(len(fresh), len(self._rows))
        if len(self._rows) > common:
            self.beginRemoveRows(QModelIndex(), common, len(self._rows) - 1)
            del self._rows[common:]
            self.endRemoveRows()
        for number in range(common):
            if self._rows[number] != fresh[number]:
                self._rows[number] = fresh[number]
                index = self.index(number)
                self.dataChanged.emit(index, index)
        if len(fresh) > common:
            self.beginInsertRows(QModelIndex(), common, len(fresh) - 1)
            self._rows.extend(fresh[common:])
            self.endInsertRows()

    def row(self, number: int) -> BasketRow:
        """The row at ``number``; IndexError when there is none."""
        return self._rows[number]

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The row itself for RowRole, its words for display and for screen readers."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == RowRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken()
        return None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of a row go, from its width alone."""

    pill: QRectF
    name_left: float
    name_width: float
    amount: QRectF


class BasketDelegate(QStyledItemDelegate):
    """Paints one BasketRow; a row is 56 px, more when its name or deal needs further lines."""

    def _places(self, row: BasketRow, width: float) -> _Places:
        t = theme()
        quantity = t.type("quantity" if len(row.quantity) < 4 else "chip").width(row.quantity)
        pill_width = max(t.px(40), round(quantity) + t.px(10)) if row.quantity else 0
        amount_width = t.type("basket_amount").width(row.amount) + 2
        left, right = t.px(16), width - t.px(18)
        name_left = left + pill_width + (t.px(12) if row.quantity else 0)
        return _Places(
            QRectF(left, 0, pill_width, t.px(32)),
            name_left,
            right - amount_width - t.px(12) - name_left,
            QRectF(right - amount_width, 0, amount_width, t.px(30)),
        )

    def _flag_width(self, row: BasketRow) -> float:
        return theme().type("hint").width(row.flag) + theme().px(20) if row.flag else 0.0

    def _under(self, row: BasketRow) -> list[tuple[str, bool]]:
        """The small texts under the name; the second value says it is a promotion."""
        return [
            (text, promo)
            for text, promo in ((row.unit_price, False), (row.promo, True), (row.note, False))
            if text
        ]

    def height(self, row: BasketRow, width: float) -> int:
        """The height ``row`` needs at ``width``."""
        t, places = theme(), self._places(row, width)
        notes = self._note_lines(row, places.name_width) * t.type("basket_note").line_height
        return max(t.px(56), round(self._name(row, places).height + notes + t.px(13)))

    def _name(self, row: BasketRow, places: _Places) -> Fitted:
        spec, room = theme().type("basket_name"), places.name_width - self._flag_width(row)
        fitted = fit(row.name, spec, room, NAME_LINES * spec.line_height, NAME_LINES)
        return fit(row.name, spec, room, 1e6, len(row.name)) if fitted.clipped else fitted

    def _note_lines(self, row: BasketRow, width: float) -> int:
        lines, used = 1, 0.0
        for text, promo in self._under(row):
            need = self._note_width(text, promo)
            if used and used + need > width:
                lines, used = lines + 1, 0.0
            used += need
        return lines if self._under(row) else 0

    def _note_width(self, text: str, promo: bool) -> float:
        t = theme()
        return t.type("basket_note").width(text) + t.px(10) + (t.px(20) if promo else 0)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The row's height at the width of the view."""
        view = option.widget
        width = view.viewport().width() if isinstance(view, QAbstractItemView) else option.rect.width()
        return QSize(width, self.height(index.data(RowRole), width))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row with its selection bar."""
        row: BasketRow = index.data(RowRole)
        t, rect = theme(), QRectF(option.rect)
        if _cut_off(option):
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        canvas = Canvas(painter, rect, rtl=option.direction == Qt.LayoutDirection.RightToLeft)
        if chosen:
            canvas.fill(rect, t.c.accent_soft)
            canvas.fill(QRectF(rect.left(), rect.top(), t.px(4), rect.height()), t.c.accent)
        else:
            line = QRectF(rect.left() + t.px(16), rect.bottom() - 1, rect.width() - t.px(34), 1)
            canvas.fill(line, t.c.line)
        places = self._places(row, rect.width())
        if row.quantity:
            self._paint_pill(canvas, row, places.pill.translated(rect.left(), 0), chosen)
        self._paint_words(canvas, row, places, rect)
        spot = places.amount.translated(
            rect.left(), rect.top() + (rect.height() - places.amount.height()) / 2
        )
        ink = t.c.text3 if row.state == "removed" else t.c.text
        canvas.text(spot, row.amount, t.type("basket_amount"), ink, align=RIGHT, ltr=True)
        painter.restore()

    def _paint_pill(self, canvas: Canvas, row: BasketRow, pill: QRectF, chosen: bool) -> None:
        t = theme()
        pill.moveTop(canvas.bounds.top() + (canvas.bounds.height() - pill.height()) / 2)
        canvas.box(pill, t.c.raised if chosen else t.c.sunken, radius=t.px(8))
        spec = t.type("quantity" if len(row.quantity) < 4 else "chip")
        ink = t.c.text2 if row.quantity == "1" and not chosen else t.c.text
        canvas.text(pill, row.quantity, spec, ink, align=CENTER, ltr=True)

    def _paint_words(self, canvas: Canvas, row: BasketRow, places: _Places, rect: QRectF) -> None:
        t, left = theme(), rect.left() + places.name_left
        notes = self._note_lines(row, places.name_width) * t.type("basket_note").line_height
        room = places.name_width - self._flag_width(row)
        fitted = self._name(row, places)
        top = rect.top() + (rect.height() - fitted.height - notes) / 2
        ink = {"removed": t.c.text3, "attention": t.c.warn}.get(row.state, t.c.text)
        box = QRectF(left, top, room, fitted.height)
        used = canvas.text(box, row.name, fitted.spec, ink, valign=TOP, max_lines=len(fitted.lines))
        if row.state == "removed":
            canvas.fill(QRectF(left, used.center().y(), used.width(), 2), ink)
        if row.flag:
            self._paint_flag(canvas, row.flag, used, fitted.spec.line_height)
        self._paint_notes(canvas, row, QRectF(left, top + fitted.height, places.name_width, notes))

    def _paint_flag(self, canvas: Canvas, flag: str, name: QRectF, line: float) -> None:
        t = theme()
        height = t.px(19)
        width = t.type("hint").width(flag) + t.px(12)
        chip = QRectF(name.right() + t.px(8), name.top() + (line - height) / 2, width, height)
        canvas.box(chip, t.c.warn_soft, t.c.warn, radius=t.px(5))
        canvas.text(chip, flag, t.type("hint"), t.c.warn, align=CENTER, ltr=True)

    def _paint_notes(self, canvas: Canvas, row: BasketRow, area: QRectF) -> None:
        t = theme()
        spec, x, y = t.type("basket_note"), area.left(), area.top()
        for text, promo in self._under(row):
            need = self._note_width(text, promo)
            if x > area.left() and x + need > area.right() + t.px(10):
                x, y = area.left(), y + spec.line_height
            ink: QColor = t.c.pay if promo else t.c.text2
            left = x
            if promo:
                canvas.icon(QRectF(x, y + (spec.line_height - t.px(15)) / 2, t.px(15), t.px(15)), "tag", ink)
                left += t.px(20)
            room = QRectF(left, y, min(need, area.right() + t.px(10) - x) - (left - x), spec.line_height)
            canvas.text(room, text, spec, ink, ltr=not promo)
            x += need


def _cut_off(option: QStyleOptionViewItem) -> bool:
    """Whether the row ends below the list: half a name reads as another item, so it waits for scrolling."""
    view = option.widget
    room = view.viewport().height() if isinstance(view, QAbstractItemView) else option.rect.bottom()
    return option.rect.top() > 0 and option.rect.bottom() > room


class ScrollList(QListView):
    """A list for touch: one finger scrolls, a tap counts on release, whole pages by keys.

    Signals: ``row_chosen(int)`` when a person chose a row by tap or arrow key.
    """

    row_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_at: QPoint | None = None
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(False)
        # Touch only: a mouse drag must still be able to press the scroll bar and choose.
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        theme().changed.connect(self._theme_changed)

    def _theme_changed(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Row heights depend on the width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        if (current := self.currentIndex()).isValid():
            self.scrollTo(current, QAbstractItemView.ScrollHint.EnsureVisible)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Only remember where: what counts is the release."""
        self._pressed_at = event.position().toPoint()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """No rubber band, no selection by dragging."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the finger unless the finger moved."""
        start, self._pressed_at = self._pressed_at, None
        here = event.position().toPoint()
        if start is None or (here - start).manhattanLength() > _TAP_SLOP:
            return
        index = self.indexAt(here)
        if index.isValid():
            self.choose(index.row())

    def choose(self, number: int) -> None:
        """Select row ``number`` as if the person had tapped it."""
        self.follow_row(number)
        self.row_chosen.emit(number)

    def follow_row(self, number: int) -> None:
        """Select row ``number`` and bring it into view by whole rows, without a signal."""
        index = self.model().index(number, 0)
        if not index.isValid():
            return
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def selected_row(self) -> int:
        """The selected row, or -1."""
        index = self.currentIndex()
        return index.row() if index.isValid() and self.selectionModel().isSelected(index) else -1

    def step(self, by: int) -> None:
        """Move the selection ``by`` rows, stopping at the ends."""
        if (count := self.model().rowCount()) > 0:
            now = self.selected_row()
            wanted = now + by if now >= 0 else (count - 1 if by < 0 else 0)
            self.choose(max(0, min(count - 1, wanted)))

    def page_down(self) -> None:
        """Show the next page of rows."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + self._page())

    def page_up(self) -> None:
        """Show the page of rows before."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - self._page())

    def _page(self) -> int:
        return max(1, self.verticalScrollBar().pageStep() - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the selection; typing a letter does not search, it belongs to the scan box."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.step(steps[Qt.Key(event.key())])
        else:
            event.ignore()


class BasketList(ScrollList):
    """The basket's list with its delegate; give it a BasketModel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(BasketDelegate(self))
        self.setAccessibleName(t("Basket"))
