"""A paged list of large rows to choose one from, by finger, arrows or page keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import RADIUS_CHIP, RADIUS_KEY, theme
from ui.widgets.button import PaintedButton
from ui.widgets.canvas import RIGHT, Canvas
from ui.widgets.overlay import PageBar
from ui.widgets.text import fit


@dataclass(frozen=True, slots=True)
class RowText:
    """A row's words: a name, what else to know, and an amount.

    ``tick`` puts a box before them, ticked or not; ``quiet`` says that there is nothing to choose.
    """

    title: str
    note: str
    amount: str
    tick: bool | None = None
    quiet: bool = False


class RowKey(PaintedButton):
    """One row: name over note at the left, the amount at the right."""

    def __init__(self, text: RowText) -> None:
        super().__init__()
        self.setCheckable(True)
        self.show_text(text)

    def show_text(self, text: RowText) -> None:
        """Show other words."""
        self._text = text
        self.setText(text.title)
        self.setObjectName(f"row:{text.title}")
        self.setAccessibleName(f"{text.title}, {text.note}, {text.amount}")
        self.update()

    def sizeHint(self) -> QSize:
        """72 logical pixels high."""
        return QSize(theme().px(480), theme().px(72))

    def minimumSizeHint(self) -> QSize:
        """A thumb's height."""
        return QSize(theme().px(260), theme().px(64))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        t, chosen = theme(), self.isChecked()
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            fill = t.c.accent_soft if chosen or self.isDown() else t.c.raised
            edge = t.c.accent if chosen else t.c.line
            canvas.box(rect, fill, edge, radius=t.px(RADIUS_KEY), width=2 if chosen else 1)
            wide = t.type("basket_amount").width(self._text.amount) + 2
            amount = QRectF(rect.right() - t.px(16) - wide, 0, wide, rect.height())
            ink = t.c.text3 if self._text.quiet else t.c.text
            canvas.text(amount, self._text.amount, t.type("basket_amount"), ink, align=RIGHT, ltr=True)
            self._paint_words(canvas, amount.left() - t.px(12), ink)
            if self._text.tick is not None:
                self._paint_box(canvas)
            self.paint_ring(canvas, rect, t.px(RADIUS_KEY))

    def _paint_box(self, canvas: Canvas) -> None:
        t, side, ticked = theme(), theme().px(28), bool(self._text.tick)
        box = QRectF(t.px(14), (self.height() - side) / 2, side, side)
        canvas.box(
            box, t.c.accent if ticked else t.c.surface, t.c.line_strong, radius=t.px(RADIUS_CHIP), width=1.5
        )
        if ticked:
            inside = box.adjusted(t.px(4), t.px(4), -t.px(4), -t.px(4))
            canvas.icon(inside, "check", t.c.on_accent)

    def _paint_words(self, canvas: Canvas, right: float, ink: QColor) -> None:
        t = theme()
        left = t.px(16 if self._text.tick is None else 56)
        room = right - left
        title = fit(self._text.title, t.type("heading"), room, t.px(44), 2)
        note = fit(self._text.note, t.type("note"), room, t.px(34), 2)
        top = (self.height() - title.height - note.height - t.px(2)) / 2
        place = QRectF(left, top, room, title.height)
        canvas.text(place, self._text.title, title.spec, ink, max_lines=2)
        below = QRectF(left, top + title.height + t.px(2), room, note.height)
        canvas.text(below, self._text.note, note.spec, t.c.text2, max_lines=2)


class RowList(QWidget):
    """Rows some to a page, one of them chosen. Signals: ``taken(int)`` a row was tapped, its index."""

    taken = Signal(int)

    def __init__(self, per_page: int = 6) -> None:
        super().__init__()
        self._texts: tuple[RowText, ...] = ()
        self._per_page, self._at = per_page, 0
        self._keys: list[RowKey] = []
        self._box = QVBoxLayout()
        self._box.setSpacing(theme().px(8))
        self._bar = PageBar()
        self._bar.page_wanted.connect(self._go)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme().px(12))
        line.addLayout(self._box, 1)
        bar = QVBoxLayout()
        bar.addWidget(self._bar)
        bar.addStretch(1)
        line.addLayout(bar)

    @property
    def at(self) -> int:
        """The index of the chosen row; -1 when there is none."""
        return self._at if self._texts else -1

    def set_rows(self, texts: tuple[RowText, ...], at: int = 0) -> None:
        """Show these rows, the one at ``at`` chosen."""
        first = self._at // self._per_page * self._per_page
        known, self._texts, self._at = len(self._texts), texts, max(0, min(at, len(texts) - 1))
        if known != len(texts) or first != self._at // self._per_page * self._per_page:
            self._fill()
            return
        for key, text in zip(self._keys, texts[first:], strict=False):
            key.show_text(text)
        self._choose(self._at)

    def step(self, by: int) -> None:
        """Choose the next or the previous row, over page ends."""
        if self._texts:
            self._choose(max(0, min(len(self._texts) - 1, self._at + by)))

    def page(self, by: int) -> None:
        """Go a page on or back."""
        self._go(self._at // self._per_page + by)

    def _go(self, page: int) -> None:
        if 0 <= page * self._per_page < len(self._texts):
            self._choose(page * self._per_page)

    def _choose(self, index: int) -> None:
        before, self._at = self._at // self._per_page, index
        if before != index // self._per_page:
            self._fill()
            return
        first = before * self._per_page
        for offset, key in enumerate(self._keys):
            key.setChecked(first + offset == index)

    def _take(self, index: int) -> None:
        self._choose(index)
        self.taken.emit(index)

    def _fill(self) -> None:
        while (item := self._box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        first = self._at // self._per_page * self._per_page
        self._keys = [RowKey(text) for text in self._texts[first : first + self._per_page]]
        for offset, key in enumerate(self._keys):
            key.setChecked(first + offset == self._at)
            key.clicked.connect(lambda _checked=False, i=first + offset: self._take(i))
            self._box.addWidget(key)
        # Short pages keep the height of full ones, so that the keys below never move.
        missing = self._per_page - len(self._keys)
        if missing:
            self._box.addSpacing(missing * theme().px(72) + (missing - 1) * theme().px(8))
        pages = max(1, -(-len(self._texts) // self._per_page))
        self._bar.setVisible(pages > 1)
        self._bar.set_pages(first // self._per_page, pages)
