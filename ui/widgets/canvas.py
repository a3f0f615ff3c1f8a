"""A thin layer over QPainter that draws in left-to-right thinking and mirrors itself for right-to-left."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from types import TracebackType

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from ui.fonts import FontSpec
from ui.icons import icon_pixmap
from ui.widgets.text import fit_text

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
CENTER = Qt.AlignmentFlag.AlignHCenter
TOP = Qt.AlignmentFlag.AlignTop
MIDDLE = Qt.AlignmentFlag.AlignVCenter
BOTTOM = Qt.AlignmentFlag.AlignBottom
_FLIP = {LEFT: RIGHT, RIGHT: LEFT}


@lru_cache(maxsize=2048)
def _direction(text: str, *, ltr: bool) -> Qt.LayoutDirection:
    """A text runs as its first letter does, whatever way the layout runs; amounts and codes never turn."""
    strong = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    turned = first != "L" and not ltr
    return Qt.LayoutDirection.RightToLeft if turned else Qt.LayoutDirection.LeftToRight


class Canvas:
    """Painting for one widget or one item; every rectangle is mirrored inside ``bounds`` when needed."""

    def __init__(self, painter: QPainter, bounds: QRectF, *, rtl: bool = False) -> None:
        self.painter = painter
        self.bounds = bounds
        self.rtl = rtl
        self._own = False
        self._whole_widget = False
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    @classmethod
    def on(cls, widget: QWidget) -> Canvas:
        """A canvas over the whole of ``widget``; use it as a context manager inside paintEvent."""
        rtl = widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
        canvas = cls(QPainter(widget), QRectF(widget.rect()), rtl=rtl)
        canvas._own = canvas._whole_widget = True
        return canvas

    def __enter__(self) -> Canvas:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own:
            self.painter.end()

    def map(self, rect: QRectF) -> QRectF:
        """``rect`` where it really goes: mirrored inside the bounds in a right-to-left layout."""
        if not self.rtl:
            return rect
        left = self.bounds.left() + self.bounds.right() - rect.right()
        return QRectF(left, rect.top(), rect.width(), rect.height())

    def box(
        self,
        rect: QRectF,
        fill: QColor | None,
        border: QColor | None = None,
        *,
        radius: float = 0,
        width: float = 1,
    ) -> None:
        """A rounded rectangle; the border lies inside ``rect`` and on whole device pixels."""
        rect = self.map(rect)
        if border is not None:
            inset = width / 2
            rect = rect.adjusted(inset, inset, -inset, -inset)
            self.painter.setPen(QPen(border, width))
            radius = max(0.0, radius - inset)
        else:
            self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(rect, radius, radius)

    def fill(self, rect: QRectF, colour: QColor) -> None:
        """A plain rectangle without antialiased edges: hairlines, bars, backgrounds."""
        self.painter.fillRect(self.map(rect), colour)

    def icon(self, rect: QRectF, name: str, colour: QColor, *, stroke: float = 2.0) -> None:
        """The icon ``name``, as large as fits centred in ``rect``."""
        rect = self.map(rect)
        size = int(min(rect.width(), rect.height()))
        if size < 1:
            return
        dpr = self.painter.device().devicePixelRatio()
        pixmap = icon_pixmap(name, size, colour, dpr, rtl=self.rtl, stroke=stroke)
        x = round(rect.center().x() - size / 2)
        y = round(rect.center().y() - size / 2)
        self.painter.drawPixmap(x, y, pixmap)

    def text(
        self,
        rect: QRectF,
        text: str,
        spec: FontSpec,
        colour: QColor,
        *,
        align: Qt.AlignmentFlag = LEFT,
        valign: Qt.AlignmentFlag = MIDDLE,
        max_lines: int = 1,
        ltr: bool = False,
    ) -> QRectF:
        """Paint text, return the unmirrored rectangle used; ``ltr`` says it is an amount or a code."""
        side = _FLIP.get(align, align) if self.rtl else align
        self.painter.setLayoutDirection(_direction(text, ltr=ltr))
        used = fit_text(
            self.painter,
            self.map(rect),
            text,
            spec,
            colour,
            align=side,
            valign=valign,
            max_lines=max_lines,
            inside=self._whole_widget,
        )
        return self.map(used)
