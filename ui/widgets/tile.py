"""Tile: an item to tap, with its category's bar and icon, price, code, age flag and full name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.icons import has_icon
from ui.palette import blend
from ui.theme import RADIUS_KEY, theme
from ui.widgets.button import PaintedButton
from ui.widgets.canvas import BOTTOM, CENTER, RIGHT, Canvas

CATEGORY_ICONS = {
    "fruit": "apple",
    "veg": "carrot",
    "bakery": "croissant",
    "dairy": "milk",
    "drinks": "cup-soda",
    "alcohol": "wine",
    "snacks": "cookie",
    "other": "package",
}


class Tile(PaintedButton):
    """One item tile; its accessible name is the item's name, price and flag.

    ``category`` chooses colour and stand-in icon (a key of CATEGORY_COLOURS), ``price`` is ready text
    ("1.12/kg"), ``flag`` is a short restriction ("18+"), ``sold_out`` greys it without disabling it.
    """

    def __init__(
        self,
        label: str,
        price: str = "",
        *,
        code: str = "",
        category: str = "other",
        icon: str = "",
        flag: str = "",
        sold_out: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._price, self._code, self._category, self._flag = price, code, category, flag
        self._icon = icon if icon and has_icon(icon) else CATEGORY_ICONS.get(category, "package")
        self._sold_out = sold_out
        self.setText(label)
        self.setObjectName(f"tile:{label}")
        self.setAccessibleName(", ".join(word for word in (label, price, flag) if word))

    def sizeHint(self) -> QSize:
        """122 by 134 logical pixels; grids may go down to 112 by 104."""
        return QSize(theme().px(122), theme().px(134))

    def minimumSizeHint(self) -> QSize:
        """The smallest tile a thumb hits without looking."""
        return QSize(theme().px(112), theme().px(104))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint body, bar, icon, price, code, flag and name."""
        t = theme()
        rect, radius = QRectF(self.rect()), t.px(RADIUS_KEY)
        fill = blend(t.c.text, t.c.raised, 0.12) if self.isDown() else t.c.raised
        if not self.isEnabled():
            fill = t.c.sunken
        with Canvas.on(self) as canvas:
            canvas.box(rect, fill, t.c.line, radius=radius)
            self._paint_bar(canvas, rect, radius)
            self._paint_content(canvas)
            self.paint_ring(canvas, rect, radius)

    def _paint_bar(self, canvas: Canvas, rect: QRectF, radius: float) -> None:
        path = QPainterPath()
        path.addRoundedRect(rect, radius, radius)
        canvas.painter.save()
        canvas.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        canvas.painter.setClipPath(path)
        canvas.fill(QRectF(0, 0, theme().px(4), rect.height()), theme().category(self._category))
        canvas.painter.restore()

    def _paint_content(self, canvas: Canvas) -> None:
        t = theme()
        left, right, top = t.px(14), self.width() - t.px(11), t.px(11)
        side = t.px(36 if self.height() >= t.px(116) else 30)
        box = QRectF(left, top, side, side)
        canvas.box(box, t.category_tint(self._category), radius=t.px(8))
        inset = t.px(8 if side >= t.px(36) else 6)
        glyph = box.adjusted(inset, inset, -inset, -inset)
        canvas.icon(glyph, self._icon, t.category_ink(self._category))
        column = QRectF(box.right() + t.px(6), top, right - box.right() - t.px(6), t.px(19))
        ink = t.c.text3 if self._sold_out or not self.isEnabled() else t.c.text
        canvas.text(column, self._price, t.type("tile_price"), t.c.text2, align=RIGHT, ltr=True)
        below = column.translated(0, t.px(18))
        flag = self._paint_flag(canvas, below)
        if self._code:
            below.setLeft(flag)
            canvas.text(below, self._code, t.type("code"), t.c.text3, align=RIGHT, ltr=True)
        name_top = max(box.bottom(), below.bottom()) + t.px(4)
        name = QRectF(left, name_top, right - left, self.height() - t.px(11) - name_top)
        canvas.text(name, self.text(), t.type("tile"), ink, valign=BOTTOM, max_lines=3)

    def _paint_flag(self, canvas: Canvas, row: QRectF) -> float:
        """Paint the age flag just left of the code, or at its place; returns where the code may begin."""
        if not self._flag:
            return row.left()
        t = theme()
        spec = t.type("hint")
        width = spec.width(self._flag) + t.px(10)
        code = t.type("code").width(self._code) + t.px(6) if self._code else 0
        left = max(row.left(), row.right() - code - width)
        chip = QRectF(left, row.top() + t.px(2), width, t.px(17))
        canvas.box(chip, t.c.warn_soft, t.c.warn, radius=t.px(4))
        canvas.text(chip, self._flag, spec, t.c.warn, align=CENTER, ltr=True)
        return chip.right() + t.px(4)
