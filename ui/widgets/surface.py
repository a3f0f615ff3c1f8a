"""Surfaces: the card, the hairline, the last-scan strip and the message banner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.words import t
from ui.palette import blend
from ui.theme import RADIUS_CARD, RADIUS_KEY, theme
from ui.widgets.canvas import RIGHT, TOP, Canvas
from ui.widgets.key import Key
from ui.widgets.labels import PaintedWidget, state_colours
from ui.widgets.text import fit, height_for

StripState = Literal["neutral", "added", "warn", "danger", "unknown"]
BannerKind = Literal["info", "good", "warn", "danger"]
Action = tuple[str, Callable[[], object]]
_STRIP_ICONS = {
    "neutral": "scan-barcode",
    "added": "check",
    "warn": "triangle-alert",
    "danger": "circle-alert",
    "unknown": "circle-alert",
}
_BANNER_ICONS = {"info": "info", "good": "circle-check", "warn": "triangle-alert", "danger": "circle-alert"}
_BANNER_STATES = {"info": "accent", "good": "good", "warn": "warn", "danger": "danger"}
_FLASH_MS = 120


class Card(PaintedWidget):
    """A rounded surface with a hairline; put children into ``body``."""

    def __init__(
        self,
        *,
        padding: int = 16,
        direction: Literal["column", "row"] = "column",
        spacing: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._padding, self._spacing = padding, spacing
        self.body: QBoxLayout = QVBoxLayout(self) if direction == "column" else QHBoxLayout(self)
        self._set_margins()

    def _theme_changed(self) -> None:
        self._set_margins()
        super()._theme_changed()

    def _set_margins(self) -> None:
        pad = theme().px(self._padding)
        self.body.setContentsMargins(pad, pad, pad, pad)
        self.body.setSpacing(theme().px(self._spacing))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the surface and its hairline."""
        t = theme()
        with Canvas.on(self) as canvas:
            canvas.box(QRectF(self.rect()), t.c.surface, t.c.line, radius=t.px(RADIUS_CARD))


class Rule(PaintedWidget):
    """A hairline between two parts of a card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        with Canvas.on(self) as canvas:
            canvas.fill(QRectF(self.rect()), theme().c.line)


class Strip(PaintedWidget):
    """The last-scan strip: what was scanned, what happened to it, its price; it grows, it never elides."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: StripState = "neutral"
        self._title = self._detail = self._price = self._icon = ""
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(_FLASH_MS)
        self._flash.timeout.connect(self.update)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def state(self) -> StripState:
        """The state shown."""
        return self._state

    @property
    def words(self) -> tuple[str, str, str]:
        """Title, detail and price as shown."""
        return self._title, self._detail, self._price

    @property
    def flashing(self) -> bool:
        """A fresh result still brightens the strip."""
        return self._flash.isActive()

    def show_state(
        self, state: StripState, title: str, detail: str = "", price: str = "", icon: str = ""
    ) -> None:
        """Show what just happened; a fresh result brightens the strip once, for 120 ms."""
        self._state, self._title, self._detail, self._price = state, title, detail, price
        self._icon = icon or _STRIP_ICONS[state]
        self.announce(", ".join(word for word in (title, detail, price) if word))
        if state != "neutral" and not theme().reduced_motion:
            self._flash.start()
        self.updateGeometry()
        self.update()

    def _texts_width(self, width: int) -> float:
        t = theme()
        price = t.type("strip_price").width(self._price) + t.px(20) if self._price else 0
        return width - t.px(62) - price - t.px(16)

    def heightForWidth(self, width: int) -> int:
        """76 logical pixels, more when the name needs two lines."""
        t, room = theme(), self._texts_width(width)
        title = height_for(self._title, t.type("strip_name"), room, 3)
        detail = height_for(self._detail, t.type("strip_note"), room, 3) if self._detail else 0
        return max(t.px(76), title + detail + t.px(20))

    def sizeHint(self) -> QSize:
        """One line of name and one of detail."""
        return QSize(theme().px(470), self.heightForWidth(max(self.width(), theme().px(300))))

    def minimumSizeHint(self) -> QSize:
        """The design height."""
        return QSize(theme().px(240), theme().px(76))

    def _colours(self) -> tuple[QColor, QColor, QColor | None]:
        c = theme().c
        return {
            "neutral": (c.sunken, c.text2, None),
            "added": (c.pay_soft, c.pay, None),
            "warn": (c.warn_soft, c.warn, c.warn_fill),
            "danger": (c.danger_soft, c.danger, c.danger),
            "unknown": (c.danger_soft, c.danger, c.danger),
        }[self._state]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint band, icon, name, what happened and price."""
        t = theme()
        fill, ink, border = self._colours()
        if self._flash.isActive():
            fill = blend(ink, fill, 0.14)
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            canvas.box(rect, fill, border, radius=t.px(RADIUS_KEY), width=2)
            self._paint_icon(canvas, ink)
            self._paint_texts(canvas, ink)
            if self._price:
                width = t.type("strip_price").width(self._price) + 2
                place = QRectF(rect.right() - t.px(18) - width, 0, width, rect.height())
                canvas.text(place, self._price, t.type("strip_price"), t.c.text, align=RIGHT, ltr=True)

    def _paint_icon(self, canvas: Canvas, ink: QColor) -> None:
        t = theme()
        size = t.px(32)
        disc = QRectF(t.px(16), (self.height() - size) / 2, size, size)
        canvas.box(disc, ink, radius=size / 2)
        glyph = disc.adjusted(t.px(7), t.px(7), -t.px(7), -t.px(7))
        paper = t.c.surface if t.dark else QColor("#FFFFFF")
        canvas.icon(glyph, self._icon or "scan-barcode", paper, stroke=2.6)

    def _paint_texts(self, canvas: Canvas, ink: QColor) -> None:
        t, left, room = theme(), theme().px(62), self._texts_width(self.width())
        available = self.height() - t.px(12)
        note = t.type("strip_note")
        detail = height_for(self._detail, note, room, 3) if self._detail else 0
        title = fit(self._title, t.type("strip_name"), room, available - detail, 3)
        top = (self.height() - title.height - detail) / 2
        place = QRectF(left, top, room, title.height)
        canvas.text(place, self._title, title.spec, t.c.text, valign=TOP, max_lines=3)
        if self._detail:
            place = QRectF(left, top + title.height, room, detail)
            canvas.text(place, self._detail, note, ink, valign=TOP, max_lines=3)


_BANNER_LINES = 6
"""A sentence is said whole, in a language of long words too."""


class _BannerText(PaintedWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words, self.kind, self.reference = "", "info", ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:
        t = theme()
        return max(
            t.px(40),
            height_for(self._all(), t.type("body_strong"), width - t.px(36), _BANNER_LINES) + t.px(6),
        )

    def _all(self) -> str:
        return (
            t("{words}  Ref {reference}", words=self.words, reference=self.reference)
            if self.reference
            else self.words
        )

    def sizeHint(self) -> QSize:
        return QSize(theme().px(300), self.heightForWidth(max(self.width(), theme().px(300))))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(180), theme().px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme()
        ink = state_colours(_BANNER_STATES[self.kind])[1]
        with Canvas.on(self) as canvas:
            side = t.px(22)
            canvas.icon(QRectF(0, (self.height() - side) / 2, side, side), _BANNER_ICONS[self.kind], ink)
            room = QRectF(t.px(34), 0, self.width() - t.px(36), self.height())
            canvas.text(room, self._all(), t.type("body_strong"), t.c.text, max_lines=_BANNER_LINES)


class MessageBanner(PaintedWidget):
    """One message that stays until it is answered or no longer true; hidden when there is none.

    Signals: ``closed`` when the person put it away.
    """

    closed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: BannerKind = "info"
        self._text = _BannerText(self)
        self._keys = QHBoxLayout()
        self._close = Key("", icon="x", variant="ghost", name="close_message", height=40)
        self._close.setAccessibleName(t("Put this message away"))
        self._close.setFixedWidth(theme().px(48))
        self._close.clicked.connect(self._put_away)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(16), theme().px(8), theme().px(8), theme().px(8))
        row.addWidget(self._text, 1)
        row.addLayout(self._keys)
        row.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.hide()

    def text(self) -> str:
        """The words shown, or empty."""
        return self._text.words if not self.isHidden() else ""

    @property
    def kind(self) -> BannerKind:
        """The kind of the message last shown."""
        return self._kind

    def show_message(
        self, text: str, kind: BannerKind = "info", actions: Sequence[Action] = (), reference: str = ""
    ) -> None:
        """Show ``text`` with keys for what to do next; ``reference`` is the short number for IT."""
        self._kind = kind
        self._text.words, self._text.kind, self._text.reference = text, kind, reference
        self._clear_keys()
        for number, (label, callback) in enumerate(actions, 1):
            key = Key(label, variant="plain", height=40, name=f"message_{number}")
            key.clicked.connect(lambda _checked=False, run=callback: run())
            self._keys.addWidget(key)
        self.announce(text)
        self._text.updateGeometry()
        self.show()
        self.update()

    def action_keys(self) -> list[Key]:
        """The keys offered with the message, in order."""
        items = (self._keys.itemAt(number) for number in range(self._keys.count()))
        return [widget for item in items if item is not None and isinstance(widget := item.widget(), Key)]

    def clear(self) -> None:
        """Take the message away because it is no longer true."""
        self.hide()
        self._clear_keys()

    def _put_away(self) -> None:
        self.clear()
        self.closed.emit()

    def _clear_keys(self) -> None:
        while (item := self._keys.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the band and a bar in the colour of the kind."""
        t = theme()
        fill, ink = state_colours(_BANNER_STATES[self._kind])
        with Canvas.on(self) as canvas:
            canvas.box(QRectF(self.rect()), fill, ink, radius=t.px(RADIUS_KEY), width=1)
