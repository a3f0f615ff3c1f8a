"""Small painted texts: labels, amounts, chips, the entry display, initials, PIN dots and the mode stripe."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.button import PaintedButton
from ui.widgets.canvas import CENTER, LEFT, RIGHT, Canvas
from ui.widgets.text import height_for

Tone = Literal["text", "text2", "text3", "accent", "pay", "danger", "warn", "train", "on_accent"]
Side = Literal["start", "center", "end"]
State = Literal["neutral", "good", "warn", "danger", "accent", "train"]
_SIDES = {"start": LEFT, "center": CENTER, "end": RIGHT}


def tone_colour(tone: str) -> QColor:
    """The text colour of a tone name."""
    colour: QColor = getattr(theme().c, tone)
    return colour


def state_colours(state: str) -> tuple[QColor, QColor]:
    """Fill and ink of a chip, pill or banner in ``state``."""
    c = theme().c
    return {
        "neutral": (c.sunken, c.text2),
        "good": (c.pay_soft, c.pay),
        "warn": (c.warn_soft, c.warn),
        "danger": (c.danger_soft, c.danger),
        "accent": (c.accent_soft, c.accent),
        "train": (c.train_soft, c.train),
    }[state]


class PaintedWidget(QWidget):
    """A widget that paints itself and follows the theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme().changed.connect(self._theme_changed)

    def _theme_changed(self) -> None:
        self.updateGeometry()
        self.update()

    def announce(self, text: str) -> None:
        """Tell a screen reader the new text of this widget."""
        if text != self.accessibleName():
            self.setAccessibleName(text)
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))


class Label(PaintedWidget):
    """A text that wraps; its height follows its width, so nothing of it is lost."""

    def __init__(
        self,
        text: str = "",
        *,
        role: str = "body",
        tone: Tone = "text",
        align: Side = "start",
        max_lines: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._role, self._tone = text, role, tone
        self._align, self._max_lines = align, max_lines
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(max_lines > 1)
        self.setSizePolicy(policy)
        self.announce(text)

    def text(self) -> str:
        """The words shown."""
        return self._text

    def set_text(self, text: str) -> None:
        """Change the words."""
        if text != self._text:
            self._text = text
            self.announce(text)
            self.updateGeometry()
            self.update()

    def set_tone(self, tone: Tone) -> None:
        """Change the colour."""
        self._tone = tone
        self.update()

    def heightForWidth(self, width: int) -> int:
        """The height all lines take at ``width``."""
        return height_for(self._text, theme().type(self._role), width, self._max_lines) + 2

    def sizeHint(self) -> QSize:
        """The text on as few lines as it has itself."""
        spec = theme().type(self._role)
        lines = self._text.split("\n")
        return QSize(round(max(map(spec.width, lines)) + 2), round(spec.line_height * len(lines)) + 2)

    def minimumSizeHint(self) -> QSize:
        """As wide as the longest word, or a shrunk single line."""
        spec = theme().type(self._role)
        words = self._text.split() if self._max_lines > 1 else [self._text]
        longest = max(map(spec.width, words), default=0.0)
        return QSize(round(longest * (1.0 if self._max_lines > 1 else 0.8)) + 2, round(spec.line_height) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text."""
        with Canvas.on(self) as canvas:
            canvas.text(
                QRectF(self.rect()),
                self._text,
                theme().type(self._role),
                tone_colour(self._tone),
                align=_SIDES[self._align],
                valign=Qt.AlignmentFlag.AlignVCenter,
                max_lines=self._max_lines,
            )


class AmountLabel(Label):
    """One amount on one line; big ones use proportional figures. It shrinks rather than lose a digit."""

    def __init__(
        self,
        text: str = "",
        *,
        role: str = "total",
        tone: Tone = "text",
        align: Side = "end",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role=role, tone=tone, align=align, max_lines=1, parent=parent)


class Chip(PaintedButton):
    """A pill with icon and words: network, printer, scale. Only trouble gets colour. It can be tapped."""

    def __init__(
        self,
        text: str = "",
        *,
        state: State = "neutral",
        icon: str = "",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state: State = state
        self._icon = icon
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set(text, state, icon)

    @property
    def state(self) -> State:
        """The state shown."""
        return self._state

    def set(self, text: str, state: State = "neutral", icon: str = "") -> None:
        """Change words, state and (if given) icon."""
        self._state, self._icon = state, icon or self._icon
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Exactly the words, the icon and the rounded ends."""
        t = theme()
        icon = t.px(22) if self._icon else 0
        return QSize(round(t.type("chip").width(self.text())) + icon + t.px(22), t.px(32))

    def minimumSizeHint(self) -> QSize:
        """As the size hint: a chip never loses words."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pill, its icon and its words."""
        t = theme()
        fill, ink = state_colours(self._state)
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            border = {"warn": t.c.warn_fill, "danger": t.c.danger}.get(self._state)
            canvas.box(rect, fill, border, radius=rect.height() / 2)
            left = t.px(10)
            if self._icon:
                canvas.icon(QRectF(left, (self.height() - t.px(17)) / 2, t.px(17), t.px(17)), self._icon, ink)
                left += t.px(22)
            words = QRectF(left, 0, self.width() - left - t.px(10), rect.height())
            canvas.text(words, self.text(), t.type("chip"), ink)
            self.paint_ring(canvas, rect, rect.height() / 2)


class EntryDisplay(PaintedWidget):
    """What is being typed: a caption at the left, the value big at the right."""

    def __init__(self, caption: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption, self._value, self._quiet = caption, "", True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def value(self) -> str:
        """The value shown."""
        return self._value

    def set_caption(self, caption: str) -> None:
        """Change the words beside the value."""
        self._caption = caption
        self.update()

    def set_value(self, value: str, *, quiet: bool = False) -> None:
        """Show ``value``; ``quiet`` greys it, for a stand-in such as 0.00."""
        self._value, self._quiet = value, quiet
        self.announce(f"{self._caption} {value}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """One line of entry type."""
        return QSize(theme().px(240), theme().px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint caption and value."""
        t = theme()
        value_width = min(t.type("entry").width(self._value) + 2, self.width() * 0.75)
        with Canvas.on(self) as canvas:
            rest = QRectF(0, 0, self.width() - value_width - t.px(8), self.height())
            canvas.text(rest, self._caption, t.type("caption"), t.c.text2, max_lines=2)
            right = QRectF(self.width() - value_width, 0, value_width, self.height())
            ink = t.c.text3 if self._quiet else t.c.text
            canvas.text(right, self._value, t.type("entry"), ink, align=RIGHT, ltr=True)


class Avatar(PaintedWidget):
    """A person's initials in a circle."""

    def __init__(self, initials: str = "", *, size: int = 36, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initials, self._size = initials, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_initials(self, initials: str) -> None:
        """Change the person."""
        self._initials = initials
        self.update()

    def sizeHint(self) -> QSize:
        """The circle."""
        return QSize(theme().px(self._size), theme().px(self._size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint circle and initials."""
        t = theme()
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            canvas.box(rect, t.c.accent_soft, radius=rect.height() / 2)
            canvas.text(rect, self._initials, t.type("key"), t.c.accent, align=CENTER)


class PinDots(PaintedWidget):
    """How many digits of a PIN are typed, never which."""

    def __init__(self, length: int = 4, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length, self._filled = length, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_length(self, length: int) -> None:
        """Change how many dots there are."""
        self._length = length
        self.update()

    def set_filled(self, filled: int) -> None:
        """Change how many dots are filled."""
        self._filled = filled
        self.announce(t("{filled} of {total}", filled=filled, total=self._length))
        self.update()

    def sizeHint(self) -> QSize:
        """A row of dots."""
        return QSize(theme().px(40 * self._length), theme().px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dots, centred."""
        t = theme()
        size, step = t.px(20), t.px(40)
        left = (self.width() - (step * (self._length - 1) + size)) / 2
        with Canvas.on(self) as canvas:
            for number in range(self._length):
                dot = QRectF(left + number * step, (self.height() - size) / 2, size, size)
                fill = t.c.accent if number < self._filled else None
                canvas.box(dot, fill, fill or t.c.line_strong, radius=size / 2, width=2)


class Stripe(PaintedWidget):
    """The hatched band of training, refund and test-terminal mode: pattern and words, not colour alone."""

    def __init__(
        self,
        text: str,
        *,
        kind: Literal["training", "refund", "test"] = "training",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._kind = text, kind
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.announce(text)

    def sizeHint(self) -> QSize:
        """32 logical pixels high."""
        return QSize(theme().px(320), theme().px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the hatch and, on a calm patch in the middle, the words."""
        t, c = theme(), theme().c
        fill, ink = {
            "training": (c.train, c.on_train),
            "refund": (c.danger_fill, c.on_danger),
            "test": (c.warn_fill, c.on_warn),
        }[self._kind]
        spec = t.type("key")
        with Canvas.on(self) as canvas:
            canvas.fill(QRectF(self.rect()), fill)
            self._paint_hatch(canvas, ink)
            side = t.px(18) if self._kind == "training" else 0
            width = min(spec.width(self._text) + side + t.px(48), self.width())
            patch = QRectF((self.width() - width) / 2, 0, width, self.height())
            canvas.fill(patch, fill)
            if side:
                left = patch.left() + t.px(20)
                canvas.icon(QRectF(left, (self.height() - side) / 2, side, side), "graduation-cap", ink)
            canvas.text(patch.adjusted(8 + side, 0, -8, 0), self._text, spec, ink, align=CENTER)

    def _paint_hatch(self, canvas: Canvas, ink: QColor) -> None:
        tint = QColor(ink)
        tint.setAlphaF(0.16)
        painter, step, height = canvas.painter, theme().px(20), self.height()
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(tint)
        for x in range(-height, self.width() + height, step):
            corners = [(x, height), (x + step // 2, height), (x + step // 2 + height, 0), (x + height, 0)]
            painter.drawPolygon(QPolygonF([QRectF(a, b, 0, 0).topLeft() for a, b in corners]))
