"""A painted bar chart: narrow solid bars for now, wide pale ones behind for what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.palette import blend
from ui.theme import theme
from ui.widgets.canvas import CENTER, RIGHT, Canvas
from ui.widgets.labels import PaintedWidget


def nice_step(top: int, lines: int = 4) -> int:
    """A round distance (1, 2 or 5 times a power of ten) so that about ``lines`` of them reach ``top``."""
    step = 1
    while step * lines < top:
        for factor in (2, 5, 10):
            if step * factor * lines >= top:
                return step * factor
        step *= 10
    return step


class BarChart(PaintedWidget):
    """Bars per hour, day or week. Width and lightness tell the two series apart, not hue."""

    def __init__(self, *, height: int = 240, axis: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height, self._axis = height, axis
        self._labels: tuple[str, ...] = ()
        self._values: tuple[int, ...] = ()
        self._compare: tuple[int, ...] = ()
        self._marked: frozenset[int] = frozenset()
        self._value_text: Callable[[int], str] = str
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_data(
        self,
        labels: Sequence[str],
        values: Sequence[int],
        compare: Sequence[int] = (),
        *,
        value_text: Callable[[int], str] = str,
        marked: Collection[int] = (),
    ) -> None:
        """Show ``values`` over ``compare``; ``value_text`` words the axis, ``marked`` bars are amber."""
        self._labels, self._values, self._compare = tuple(labels), tuple(values), tuple(compare)
        self._value_text, self._marked = value_text, frozenset(marked)
        spoken = [f"{label}: {value_text(value)}" for label, value in zip(labels, values, strict=False)]
        self.announce("; ".join(spoken))
        self.update()

    def sizeHint(self) -> QSize:
        """The design height."""
        return QSize(theme().px(320), theme().px(self._height))

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(theme().px(160), theme().px(72))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint grid, bars and labels."""
        t = theme()
        spec = t.type("caption").scaled(12 / 13)
        highest = max((*self._values, *self._compare, 1))
        step = nice_step(highest)
        top = -(-highest // step) * step
        axis = (
            max(spec.width(self._value_text(n)) for n in range(0, top + 1, step)) + t.px(12)
            if self._axis
            else 0
        )
        plot = QRectF(
            axis, t.px(8), self.width() - axis, self.height() - t.px(8) - spec.line_height - t.px(6)
        )
        with Canvas.on(self) as canvas:
            if self._axis:
                self._paint_grid(canvas, plot, top, step)
            self._paint_bars(canvas, plot, top)
            canvas.fill(QRectF(plot.left(), plot.bottom(), plot.width(), 1), t.c.line_strong)

    def _paint_grid(self, canvas: Canvas, plot: QRectF, top: int, step: int) -> None:
        t = theme()
        spec = t.type("caption").scaled(12 / 13)
        for value in range(step, top + 1, step):
            y = round(plot.bottom() - plot.height() * value / top)
            canvas.fill(QRectF(plot.left(), y, plot.width(), 1), t.c.line)
            place = QRectF(0, y - t.px(8), plot.left() - t.px(8), t.px(16))
            canvas.text(place, self._value_text(value), spec, t.c.text2, align=RIGHT, ltr=True)

    def _paint_bars(self, canvas: Canvas, plot: QRectF, top: int) -> None:
        t = theme()
        count = max(len(self._values), len(self._compare), len(self._labels))
        if not count:
            return
        slot = plot.width() / count
        pale = blend(t.c.text3, t.c.surface, 0.28)
        for number in range(count):
            left = plot.left() + number * slot
            self._bar(canvas, plot, left, slot * 0.74, slot, self._compare, number, top, pale)
            colour = t.c.warn_fill if number in self._marked else t.c.accent
            share = 0.44 if self._compare else 0.78
            self._bar(canvas, plot, left, slot * share, slot, self._values, number, top, colour)
            self._paint_label(canvas, plot, left, slot, number)

    def _bar(
        self,
        canvas: Canvas,
        plot: QRectF,
        left: float,
        width: float,
        slot: float,
        values: tuple[int, ...],
        number: int,
        top: int,
        colour: QColor,
    ) -> None:
        if number >= len(values) or values[number] <= 0:
            return
        height = max(2.0, plot.height() * values[number] / top)
        x, w = round(left + (slot - width) / 2), round(width)
        y = round(plot.bottom() - height)
        radius = min(theme().px(4), w / 2)
        canvas.painter.save()
        canvas.painter.setClipRect(canvas.map(QRectF(x, y, w, plot.bottom() - y)))
        canvas.box(QRectF(x, y, w, plot.bottom() - y + radius), colour, radius=radius)
        canvas.painter.restore()

    def _paint_label(self, canvas: Canvas, plot: QRectF, left: float, slot: float, number: int) -> None:
        """Every label, or every second or third where they would touch."""
        t = theme()
        spec = t.type("caption").scaled(12 / 13)
        widest = max((spec.width(label) for label in self._labels), default=0.0) + t.px(4)
        every = max(1, int(-(-widest // slot)))
        if number < len(self._labels) and number % every == 0:
            room = QRectF(
                left - slot * (every - 1) / 2, plot.bottom() + t.px(5), slot * every, spec.line_height
            )
            canvas.text(room, self._labels[number], spec, t.c.text2, align=CENTER, ltr=True)
