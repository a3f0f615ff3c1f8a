"""The window the customer sees: painted whole, at a size that follows the screen, without a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPaintEvent, QPixmap, QResizeEvent, QScreen
from PySide6.QtWidgets import QWidget

from pos_desktop.words import t
from ui.customer_display.view import DisplayView, ShownLine
from ui.fonts import FontSpec
from ui.theme import TYPE, theme
from ui.widgets.canvas import CENTER, RIGHT, Canvas
from ui.widgets.labels import PaintedWidget, Stripe

WINDOW_SIZE = (1024, 600)
DRAWN_FOR = (1024, 600)


class CustomerDisplay(PaintedWidget):
    """Shows a :class:`DisplayView`. It never takes the focus, so no key ever goes to it."""

    def __init__(self, shop: str, words: str, picture: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shop, self._words = shop, words
        self._picture = QPixmap(str(picture)) if picture is not None else QPixmap()
        self._view = DisplayView()
        self._stripe = Stripe(t("TRAINING · nothing is sold"), parent=self)
        self._stripe.hide()
        self.setObjectName("customer_display")
        self.setWindowTitle(t("{shop} · customer display", shop=shop))
        self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(*WINDOW_SIZE)

    @property
    def view(self) -> DisplayView:
        """What is shown."""
        return self._view

    def show_view(self, view: DisplayView) -> None:
        """Show another state; the same one costs no repaint."""
        if view != self._view:
            self._view = view
            self._stripe.setVisible(view.training)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The stripe of training lies over the whole width."""
        self._stripe.setGeometry(0, 0, self.width(), self._stripe.sizeHint().height())
        super().resizeEvent(event)

    def open_on(self, number: int) -> bool:
        """Fill screen ``number`` (from 1), or a plain window with 0; False when the screen is missing."""
        screens = QGuiApplication.screens()
        if number == 0:
            self.show()
            return True
        if number > len(screens):
            return False
        self._fill(screens[number - 1])
        return True

    def _fill(self, screen: QScreen) -> None:
        # The flag first: it makes another window of it, which forgets its screen.
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        # Not showFullScreen(): that would take the keyboard away from the register.
        self.setWindowState(Qt.WindowState.WindowFullScreen)
        self.show()

    # -- painting --------------------------------------------------------------------------------

    @property
    def _top(self) -> float:
        """Where the state begins: below the stripe of training."""
        return float(self._stripe.height()) if self._view.training else 0.0

    @property
    def _room(self) -> float:
        return self.height() - self._top

    @property
    def _factor(self) -> float:
        return max(0.4, min(self.width() / DRAWN_FOR[0], self._room / DRAWN_FOR[1]))

    def _font(self, role: str, factor: float = 1.0) -> FontSpec:
        return TYPE[role].scaled(self._factor * factor)

    def _px(self, drawn: float) -> float:
        return drawn * self._factor

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the state in hand."""
        painters: dict[str, Callable[[Canvas], None]] = {
            "idle": self._idle,
            "sale": self._sale,
            "paying": self._sale,
            "change": self._change,
            "thanks": self._thanks,
        }
        with Canvas.on(self) as canvas:
            canvas.fill(QRectF(self.rect()), theme().c.canvas)
            canvas.painter.translate(0, self._top)
            painters[self._view.kind](canvas)

    def _text(
        self, canvas: Canvas, rect: QRectF, text: str, spec: FontSpec, colour: QColor, lines: int = 1
    ) -> None:
        canvas.text(rect, text, spec, colour, align=CENTER, max_lines=lines)

    def _idle(self, canvas: Canvas) -> None:
        c, width, height = theme().c, float(self.width()), self._room
        edge = self._px(40)
        if not self._picture.isNull():
            room = QRectF(0, 0, width, height - self._px(110))
            self._paint_picture(canvas, room)
            below = QRectF(edge, height - self._px(110), width - 2 * edge, self._px(100))
            self._text(canvas, below, self._words, self._font("title", 1.3), c.text, 2)
            return
        side = self._px(110)
        icon = QRectF((width - side) / 2, height / 2 - self._px(190), side, side)
        canvas.icon(icon, "shopping-bag", c.accent)
        name = QRectF(edge, height / 2 - self._px(60), width - 2 * edge, self._px(80))
        self._text(canvas, name, self._shop, self._font("due", 0.9), c.text)
        words = QRectF(edge, height / 2 + self._px(30), width - 2 * edge, self._px(90))
        self._text(canvas, words, self._words, self._font("title", 1.2), c.text2, 2)

    def _paint_picture(self, canvas: Canvas, room: QRectF) -> None:
        size = self._picture.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        left = room.left() + (room.width() - size.width()) / 2
        top = room.top() + (room.height() - size.height()) / 2
        place = QRectF(left, top, size.width(), size.height())
        canvas.painter.drawPixmap(place.toRect(), self._picture)

    def _sale(self, canvas: Canvas) -> None:
        c = theme().c
        edge, right = self._px(24), self._px(400)
        lines = QRectF(edge, edge, self.width() - right - 3 * edge, self._room - 2 * edge)
        totals = QRectF(self.width() - right - edge, edge, right, self._room - 2 * edge)
        canvas.box(lines, c.surface, c.line, radius=self._px(14))
        canvas.box(totals, c.surface, c.line, radius=self._px(14))
        self._lines(canvas, lines)
        self._totals(canvas, totals)

    def _lines(self, canvas: Canvas, card: QRectF) -> None:
        """The newest line large at the bottom, those before it above, as many as there is room for."""
        c, inset = theme().c, self._px(20)
        *before, last = self._view.lines
        tall, row = self._px(112), self._px(58)
        newest = QRectF(card.left(), card.bottom() - tall, card.width(), tall)
        canvas.box(newest.adjusted(inset / 2, 0, -inset / 2, -inset / 2), c.pay_soft, radius=self._px(10))
        self._line(canvas, newest.adjusted(inset, 0, -inset, -inset / 2), last, large=True)
        room = int((card.height() - tall - inset) // row)
        for place, line in enumerate(reversed(before[-room:] if room else [])):
            top = newest.top() - (place + 1) * row
            self._line(canvas, QRectF(card.left() + inset, top, card.width() - 2 * inset, row), line)
        hidden = len(before) - room
        if hidden > 0:
            words = QRectF(card.left() + inset, card.top(), card.width() - 2 * inset, inset)
            canvas.text(words, t("{n} more above", n=hidden), self._font("caption"), c.text3)

    def _line(self, canvas: Canvas, rect: QRectF, line: ShownLine, *, large: bool = False) -> None:
        c = theme().c
        grow = 1.35 if large else 1.0
        amount = self._px(170 if large else 130)
        name = QRectF(rect.left(), rect.top(), rect.width() - amount - self._px(12), rect.height())
        if line.detail:
            upper = QRectF(name.left(), name.top() + name.height() * 0.08, name.width(), name.height() * 0.52)
            lower = QRectF(name.left(), name.top() + name.height() * 0.58, name.width(), name.height() * 0.34)
            canvas.text(upper, line.name, self._font("basket_name", grow), c.text)
            canvas.text(lower, line.detail, self._font("basket_note", grow), c.text2, ltr=True)
        else:
            canvas.text(name, line.name, self._font("basket_name", grow), c.text, max_lines=2)
        where = QRectF(rect.right() - amount, rect.top(), amount, rect.height())
        canvas.text(where, line.amount, self._font("basket_amount", grow), c.text, align=RIGHT, ltr=True)

    def _totals(self, canvas: Canvas, card: QRectF) -> None:
        c, view, inset = theme().c, self._view, self._px(20)
        inner = card.adjusted(inset, inset, -inset, -inset)
        rows = [(words, amount, c.text2) for words, amount in ((t("Tax"), view.tax),) if amount]
        rows += [(t("You save"), view.savings, c.pay)] if view.savings else []
        paying = view.kind == "paying"
        rows += [(t("Total"), view.total, c.text)] if paying else []
        rows += [(words, amount, c.text2) for words, amount in view.paid]
        height = self._px(40)
        for place, (words, amount, colour) in enumerate(rows):
            row = QRectF(inner.left(), inner.top() + place * height, inner.width(), height)
            canvas.text(row, words, self._font("basket_name"), colour)
            canvas.text(row, amount, self._font("basket_amount"), colour, align=RIGHT, ltr=True)
        big = QRectF(inner.left(), inner.bottom() - self._px(96), inner.width(), self._px(96))
        above = QRectF(inner.left(), big.top() - self._px(40), inner.width(), self._px(40))
        words = (t("You get back") if view.back else t("Amount due")) if paying or view.back else t("Total")
        canvas.text(above, words, self._font("title"), c.text2, align=RIGHT)
        spec = self._font("due", 1.1)
        canvas.text(big, view.due if paying else view.total, spec, c.text, align=RIGHT, ltr=True)

    def _change(self, canvas: Canvas) -> None:
        c, view = theme().c, self._view
        words = t("You get back") if view.back else t("Your change")
        self._across(canvas, -190, 60, words, self._font("title", 1.6), c.text2)
        self._across(canvas, -120, 170, view.change, self._font("change", 1.3), c.pay)
        thanks = t("Thank you") if view.back else t("Total {total} · Thank you", total=view.total)
        self._across(canvas, 70, 60, thanks, self._font("title", 1.2), c.text)

    def _thanks(self, canvas: Canvas) -> None:
        c, side = theme().c, self._px(120)
        middle = self._room / 2
        canvas.icon(
            QRectF((self.width() - side) / 2, middle - self._px(190), side, side), "circle-check", c.pay
        )
        self._across(canvas, -50, 90, t("Thank you"), self._font("due"), c.text)
        self._across(
            canvas, 50, 60, t("Paid {total}", total=self._view.total), self._font("title", 1.2), c.text2
        )

    def _across(
        self, canvas: Canvas, top: float, height: float, text: str, spec: FontSpec, colour: QColor
    ) -> None:
        """A line over the whole width, ``top`` from the middle."""
        place = QRectF(0, self._room / 2 + self._px(top), self.width(), self._px(height))
        canvas.text(place, text, spec, colour, align=CENTER)
