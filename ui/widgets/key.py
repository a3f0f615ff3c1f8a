"""Key: the one push key of every screen, with icon, two-line label, note, key hint, badge and reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.fonts import FontSpec
from ui.palette import Palette, blend
from ui.theme import RADIUS_KEY, theme
from ui.widgets.button import PaintedButton
from ui.widgets.canvas import CENTER, LEFT, RIGHT, Canvas
from ui.widgets.text import fit, height_for

Variant = Literal[
    "plain", "soft", "ghost", "accent", "pay", "outline-pay", "danger", "warn", "train", "outline-accent"
]
Form = Literal["row", "column", "left"]


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a key in one state."""

    fill: QColor
    ink: QColor
    note: QColor
    border: QColor | None


def look_of(c: Palette, variant: Variant, *, down: bool, hover: bool, checked: bool, enabled: bool) -> Look:
    """The colours of a key of ``variant``; disabled and checked win over the variant."""
    if not enabled:
        return Look(c.sunken, c.text3, c.text3, c.line)
    if checked:
        return Look(c.accent_soft, c.accent, c.accent, c.accent)
    look = _looks(c)[variant]
    if down and variant in ("accent", "pay"):
        return Look(c.accent_press if variant == "accent" else c.pay_press, look.ink, look.note, None)
    share = 0.16 if down else 0.04 if hover else 0.0
    if variant == "ghost":
        # A ghost has no body of its own: it lies on cards, banners and strips of any colour.
        return Look(_veil(look.ink, share), look.ink, look.note, None)
    return Look(blend(look.ink, look.fill, share), look.ink, look.note, look.border) if share else look


def _veil(ink: QColor, share: float) -> QColor:
    veil = QColor(ink)
    veil.setAlphaF(share)
    return veil


def _looks(c: Palette) -> dict[Variant, Look]:
    return {
        "plain": Look(c.raised, c.text, c.text2, c.line),
        "soft": Look(c.sunken, c.text, c.text2, None),
        "ghost": Look(c.surface, c.text2, c.text3, None),
        "accent": Look(c.accent, c.on_accent, c.on_accent, None),
        "pay": Look(c.pay, c.on_pay, c.on_pay, None),
        "outline-pay": Look(c.pay_soft, c.pay, c.pay, c.pay),
        "outline-accent": Look(c.accent_soft, c.accent, c.accent, c.accent),
        "danger": Look(c.danger_soft, c.danger, c.danger, c.danger),
        "warn": Look(c.warn_soft, c.warn, c.warn, c.warn_fill),
        "train": Look(c.train, c.on_train, c.on_train, None),
    }


class Key(PaintedButton):
    """A painted push key.

    ``form``: "row" icon beside label, centred; "column" icon above label; "left" icon and label at the left.
    ``hint`` is the keyboard key in the corner (take it from Keymap.hint). ``note`` is a second, smaller line.
    ``height`` is the least height in logical pixels.
    """

    def __init__(
        self,
        label: str = "",
        *,
        variant: Variant = "plain",
        icon: str = "",
        note: str = "",
        hint: str = "",
        badge: str = "",
        role: str = "key",
        form: Form = "row",
        height: int = 48,
        name: str = "",
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._variant: Variant = variant
        self._icon, self._note, self._hint, self._badge = icon, note, hint, badge
        self._role, self._form, self._height = role, form, height
        self._reason = ""
        self.setText(label)
        self.setObjectName(name)
        self.setCheckable(checkable)
        self._announce()

    # -- state -----------------------------------------------------------------------------------------

    def set_label(self, label: str) -> None:
        """Change the words on the key."""
        self.setText(label)
        self._changed()

    def set_note(self, note: str) -> None:
        """Change the second, smaller line; empty takes it away."""
        self._note = note
        self._changed()

    def set_icon(self, icon: str) -> None:
        """Change the icon; empty takes it away."""
        self._icon = icon
        self._changed()

    def set_hint(self, hint: str) -> None:
        """Change the keyboard hint in the corner."""
        self._hint = hint
        self._changed()

    def set_badge(self, badge: str) -> None:
        """A short count in a filled circle at the top left; empty takes it away."""
        self._badge = badge
        self._changed()

    def set_variant(self, variant: Variant) -> None:
        """Change the colours."""
        self._variant = variant
        self._changed()

    def set_reason(self, reason: str) -> None:
        """Disable the key and say why on it; an empty reason enables it again."""
        self._reason = reason
        self.setEnabled(not reason)
        self._changed()

    @property
    def hint(self) -> str:
        """The keyboard hint shown in the corner."""
        return self._hint

    @property
    def reason(self) -> str:
        """Why the key is disabled, or empty."""
        return self._reason

    def _changed(self) -> None:
        self._announce()
        self.updateGeometry()
        self.update()

    def _announce(self) -> None:
        said = [self.text().replace("\n", " "), self._reason or self._note, self._badge]
        self.setAccessibleName(", ".join(word for word in said if word) or self.objectName())
        self.setAccessibleDescription(self._hint)

    # -- geometry --------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Room for the label on one line, the icon and the hint."""
        t = theme()
        spec = t.type(self._role)
        width = max(spec.width(self.text()), t.type("note").width(self._second_line())) + t.px(32)
        if self._icon and self._form != "column":
            width += self._icon_size() + (t.px(10) if self.text() else -t.px(8))
        if self._hint and self._form == "row":
            width = max(width, t.type("hint").width(self._hint) + t.px(40))
        return QSize(round(width), t.px(self._height))

    def minimumSizeHint(self) -> QSize:
        """Never lower than its design height, nor narrower than its longest word when shrunk one step."""
        t = theme()
        words = self.text().split() or [""]
        longest = max(t.type(self._role).width(word) for word in words) * 0.85
        icon = self._icon_size() + t.px(8) if self._icon and self._form != "column" else 0
        return QSize(round(max(longest + icon + t.px(12), t.px(44))), t.px(self._height))

    def _icon_size(self) -> int:
        return theme().px(28 if self._role == "key_pay" else 24 if self._height >= 60 else 20)

    def _second_line(self) -> str:
        return self._reason or self._note

    # -- painting --------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint body, content, hint, badge and ring."""
        t = theme()
        look = look_of(
            t.c,
            self._variant,
            down=self.isDown(),
            hover=self.underMouse(),
            checked=self.isChecked(),
            enabled=self.isEnabled(),
        )
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            canvas.box(rect, look.fill, look.border, radius=t.px(RADIUS_KEY), width=1)
            taken = self._paint_hint(canvas, look)
            if self._form == "column":
                self._paint_column(canvas, look, taken)
            else:
                self._paint_row(canvas, look, taken)
            self._paint_badge(canvas)
            self.paint_ring(canvas, rect, t.px(RADIUS_KEY))

    def _paint_hint(self, canvas: Canvas, look: Look) -> QRectF:
        if not self._hint:
            return QRectF()
        t = theme()
        spec = t.type("hint")
        width = spec.width(self._hint) + 1
        rect = QRectF(self.width() - width - t.px(7), t.px(3), width, spec.line_height)
        ink = look.note if look.border is not None or self._variant in ("soft", "ghost") else look.ink
        canvas.text(rect, self._hint, spec, ink, align=RIGHT, ltr=True)
        return rect

    def _paint_column(self, canvas: Canvas, look: Look, taken: QRectF) -> None:
        t = theme()
        spec, pad = t.type("chip" if self._role == "key" else self._role), t.px(5)
        width = self.width() - 2 * pad
        icon = self._icon_size() if self._icon else 0
        fitted = fit(self.text(), spec, width, self.height() - 2 * pad - icon - t.px(4), 2)
        if icon and fitted.spec.px < spec.px * 0.85:
            # Two lines of words matter more than a large picture.
            icon = t.px(16)
            fitted = fit(self.text(), spec, width, self.height() - t.px(8) - icon, 2)
        top = (self.height() - icon - t.px(4) - fitted.height) / 2
        if icon:
            left = (self.width() - icon) / 2
            if taken.isValid() and top < taken.bottom():
                left = max(pad, min(left, taken.left() - icon - t.px(3)))
            if self._badge:
                left = max(left, min(t.px(28), self.width() - pad - icon))
            canvas.icon(QRectF(left, top, icon, icon), self._icon, look.ink)
        rect = QRectF(pad, top + icon + t.px(4), width, fitted.height)
        if taken.isValid() and not self._icon and rect.top() < taken.bottom():
            rect.setTop(taken.bottom())
        canvas.text(rect, self.text(), spec, look.ink, align=CENTER, max_lines=2)

    def _paint_row(self, canvas: Canvas, look: Look, taken: QRectF) -> None:
        t = theme()
        icon = self._icon_size() if self._icon else 0
        gap = t.px(10) if icon and self.text() else 0
        pad = t.px(16 if self._form == "left" else 8)
        area = QRectF(pad + icon + gap, t.px(4), self.width() - 2 * pad - icon - gap, self.height() - t.px(8))
        spec, note = t.type(self._role), self._second_line()
        note_spec = t.type("note" if self._height < 84 else "note_big")
        note_height = height_for(note, note_spec, area.width(), 2) if note else 0
        area = self._below_hint(area, spec, note_height, taken)
        label_fit = fit(self.text(), spec, area.width(), area.height() - note_height, 2)
        note_fit = fit(note, note_spec, area.width(), max(1.0, area.height() - label_fit.height), 2)
        wide = max(label_fit.width, note_fit.width if note else 0)
        left = area.left() if self._form == "left" else area.left() + (area.width() - wide) / 2
        top = area.top() + (area.height() - label_fit.height - (note_fit.height if note else 0)) / 2
        if icon:
            middle = area.center().y() if note else top + label_fit.height / 2
            canvas.icon(QRectF(left - gap - icon, middle - icon / 2, icon, icon), self._icon, look.ink)
        side = LEFT if self._form == "left" or (icon and note and self._height < 84) else CENTER
        if self.text():
            rect = QRectF(left, top, wide + 1, label_fit.height)
            canvas.text(rect, self.text(), label_fit.spec, look.ink, align=side, max_lines=2)
        if note:
            rect = QRectF(left, top + label_fit.height, wide + 1, note_fit.height)
            canvas.text(rect, note, note_fit.spec, look.note, align=side, max_lines=2)

    def _below_hint(self, area: QRectF, spec: FontSpec, note_height: float, taken: QRectF) -> QRectF:
        """``area`` moved under the key hint when a centred label would run into it."""
        if not taken.isValid():
            return area
        fitted = fit(self.text(), spec, area.width(), area.height() - note_height, 2)
        top = area.top() + (area.height() - fitted.height - note_height) / 2
        right = area.center().x() + fitted.width / 2 if self._form == "row" else area.left() + fitted.width
        if top >= taken.bottom() - 3 or right < taken.left() - 2:
            return area
        lower = QRectF(area)
        lower.setTop(taken.bottom() - 2)
        return lower

    def _paint_badge(self, canvas: Canvas) -> None:
        if not self._badge:
            return
        t = theme()
        spec = t.type("chip")
        height = t.px(20)
        width = max(height, round(spec.width(self._badge)) + t.px(10))
        rect = QRectF(t.px(5), t.px(5), width, height)
        filled = self._variant in ("accent", "pay", "train") and self.isEnabled()
        canvas.box(rect, t.c.on_accent if filled else t.c.accent, radius=height / 2)
        ink = t.c.accent if filled else t.c.on_accent
        canvas.text(rect, self._badge, spec, ink, align=CENTER, ltr=True)


def switch(keys: list[Key], chosen: Key) -> None:
    """Check ``chosen`` and uncheck the rest: category keys, tabs, the compact layout's two-key switch."""
    for key in keys:
        key.setCheckable(True)
        key.setChecked(key is chosen)


def no_focus(key: Key) -> Key:
    """Keep a key out of the tab order: on-screen keyboards must not take the focus from their target."""
    key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return key
