"""The header of a grid: sorts by one column, or with Shift by several, and says in which order."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.canvas import LEFT, RIGHT, Canvas
from ui.widgets.table import TableHeader

_PAD = 10


def next_sort(terms: list[str], name: str, *, add: bool) -> list[str]:
    """The sort after a click on a column: upwards, then downwards, then not; ``add`` keeps the others."""
    others = [term for term in terms if term.lstrip("-") != name]
    if f"-{name}" in terms:
        after: list[str] = []
    else:
        after = [f"-{name}"] if name in terms else [name]
    if not add:
        return after
    place = next((n for n, term in enumerate(terms) if term.lstrip("-") == name), len(others))
    return [*others[:place], *after, *others[place:]]


class GridHeader(TableHeader):
    """Arrows with numbers for several sorts; columns can be dragged, all but the first.

    Signals: ``sort_asked(list)`` the terms a click leads to, such as ``["category", "-price"]``.
    """

    sort_asked = Signal(list)

    def __init__(self, names: list[str], parent: QWidget | None = None) -> None:
        """``names`` are the names to sort by, a column each; empty where the database cannot."""
        super().__init__(parent)
        self._names = names
        self.terms: list[str] = []
        self._shift = False
        self.setSortIndicatorShown(False)
        self.setStretchLastSection(False)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.sectionClicked.connect(self._clicked)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Remember Shift: a click with it adds to the sort."""
        self._shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mouseReleaseEvent(event)

    def _clicked(self, section: int) -> None:
        if self._names[section]:
            self.sort_asked.emit(next_sort(self.terms, self._names[section], add=self._shift))

    def show_sort(self, terms: list[str]) -> None:
        """Show this order."""
        self.terms = list(terms)
        self.setToolTip(self._sort_words(terms))
        self.viewport().update()

    def _sort_words(self, terms: list[str]) -> str:
        """In words for people: by what, and which way."""
        words = [
            t("{column}, largest first", column=self._title(each))
            if each.startswith("-")
            else t("{column}, smallest first", column=self._title(each))
            for each in terms
        ]
        return t("Sorted by {columns}", columns=t(", then ").join(words)) if words else ""

    def _title(self, term: str) -> str:
        section = self._names.index(term.lstrip("-"))
        return str(self.model().headerData(section, Qt.Orientation.Horizontal))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one column's heading, with its arrow and its place among several sorts."""
        look, area = theme(), QRectF(rect)
        painter.save()
        canvas = Canvas(painter, area, rtl=self.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        canvas.fill(QRectF(area.left(), area.bottom() - 1, area.width(), 1), look.c.line_strong)
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        value = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        number = value is not None and bool(int(value) & int(Qt.AlignmentFlag.AlignRight.value))
        place = self._place(section)
        arrow = look.px(18 if len(self.terms) < 2 else 26) if place is not None else 0
        inner = area.adjusted(look.px(_PAD), 0, -look.px(_PAD), -1)
        room = inner.adjusted(arrow, 0, 0, 0) if number else inner.adjusted(0, 0, -arrow, 0)
        ink = look.c.text if arrow else look.c.text2
        used = canvas.text(room, text, look.type("chip"), ink, align=RIGHT if number else LEFT, max_lines=2)
        if place is not None:
            self._paint_mark(canvas, used, arrow, place, number)
        painter.restore()

    def _place(self, section: int) -> int | None:
        names = [term.lstrip("-") for term in self.terms]
        name = self._names[section]
        return names.index(name) if name and name in names else None

    def _paint_mark(self, canvas: Canvas, words: QRectF, width: float, place: int, number: bool) -> None:
        look = theme()
        side = look.px(14)
        left = words.left() - width if number else words.right() + look.px(4)
        top_left = QPointF(left, words.center().y() - side / 2)
        glyph = "arrow-down" if self.terms[place].startswith("-") else "arrow-up"
        canvas.icon(QRectF(top_left.x(), top_left.y(), side, side), glyph, look.c.accent, stroke=2.6)
        if len(self.terms) > 1:
            digit = QRectF(left + side, words.top(), look.px(10), words.height())
            canvas.text(digit, str(place + 1), look.type("hint"), look.c.accent, align=LEFT, max_lines=1)
