"""The design tokens in use: colours, type, spacing, UI scale and the style sheet for Qt's stock widgets."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from ui.fonts import FontSpec, load_fonts
from ui.palette import CATEGORY_COLOURS, DARK, LIGHT, Palette, blend
from ui.stylesheet import stylesheet

# Spacing and radius steps, logical pixels at 100 %.
SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8 = 4, 8, 12, 16, 24, 32
RADIUS_CHIP, RADIUS_KEY, RADIUS_CARD = 6, 10, 14
SCALE_MIN, SCALE_MAX = 90, 175

TYPE: dict[str, FontSpec] = {
    "hint": FontSpec(11, 600),
    "caption": FontSpec(13, 500),
    "chip": FontSpec(13, 600),
    "body": FontSpec(15, 400),
    "body_strong": FontSpec(15, 600),
    "note": FontSpec(13, 500),
    "note_big": FontSpec(15, 500),
    "table": FontSpec(14, 400, tabular=True),
    "table_strong": FontSpec(14, 600, tabular=True),
    "code": FontSpec(13, 500, tabular=True),
    "key": FontSpec(15, 600),
    "key_big": FontSpec(18, 600),
    "key_pay": FontSpec(26, 700),
    "tile": FontSpec(15, 600),
    "tile_price": FontSpec(15, 600, tabular=True),
    "digit": FontSpec(23, 600, tabular=True),
    "entry": FontSpec(28, 700, tabular=True),
    "heading": FontSpec(17, 600),
    "basket_name": FontSpec(19, 600),
    "basket_amount": FontSpec(21, 600, tabular=True),
    "basket_note": FontSpec(14, 500),
    "quantity": FontSpec(16, 600, tabular=True),
    "strip_name": FontSpec(23, 600),
    "strip_note": FontSpec(14, 600),
    "strip_price": FontSpec(28, 700),
    "figure": FontSpec(28, 700),
    "title": FontSpec(26, 700),
    "total": FontSpec(44, 700),
    "due": FontSpec(64, 700),
    "change": FontSpec(112, 700),
}


class Layout(StrEnum):
    """How wide the window is in logical pixels: under 1200, under 1600, or more."""

    COMPACT = "compact"
    NORMAL = "normal"
    WIDE = "wide"


class Theme(QObject):
    """The tokens at the chosen darkness and scale; painted widgets read it at paint time and just update().

    Signals: ``changed`` after the darkness or the scale changed.
    """

    changed = Signal()

    def __init__(self, *, dark: bool = False, scale: int = 100, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dark = dark
        self._scale = max(SCALE_MIN, min(SCALE_MAX, scale))
        self.reduced_motion = False

    @property
    def dark(self) -> bool:
        """Whether the dark tokens are in use."""
        return self._dark

    @property
    def scale(self) -> int:
        """UI size in per cent, 90 to 175."""
        return self._scale

    @property
    def c(self) -> Palette:
        """The colour tokens in use."""
        return DARK if self._dark else LIGHT

    def set_dark(self, dark: bool) -> None:
        """Switch between the light and the dark tokens."""
        if dark != self._dark:
            self._dark = dark
            self.changed.emit()

    def set_scale(self, percent: int) -> None:
        """Set the UI size in per cent; values outside 90 to 175 are brought inside."""
        percent = max(SCALE_MIN, min(SCALE_MAX, percent))
        if percent != self._scale:
            self._scale = percent
            self.changed.emit()

    def px(self, logical: float) -> int:
        """``logical`` pixels at 100 % as whole pixels at the chosen scale."""
        return round(logical * self._scale / 100)

    def type(self, role: str) -> FontSpec:
        """The font of a type role (a key of TYPE) at the chosen scale; KeyError names an unknown role."""
        return TYPE[role].scaled(self._scale / 100)

    def layout_for(self, width: int) -> Layout:
        """The layout class for a window ``width`` pixels wide at the chosen scale."""
        logical = width * 100 / self._scale
        if logical < 1200:
            return Layout.COMPACT
        return Layout.NORMAL if logical < 1600 else Layout.WIDE

    def category(self, name: str) -> QColor:
        """The marker colour of a category; unknown ones get the neutral grey."""
        return CATEGORY_COLOURS.get(name, CATEGORY_COLOURS["other"])

    def category_ink(self, name: str) -> QColor:
        """The category colour made readable as an icon on its own tint."""
        colour = self.category(name)
        return (
            blend(QColor("#FFFFFF"), colour, 0.22) if self._dark else blend(colour, QColor("#10171F"), 0.72)
        )

    def category_tint(self, name: str) -> QColor:
        """The category colour as a pale background behind its icon."""
        return blend(self.category(name), self.c.raised, 0.2 if self._dark else 0.14)

    def apply(self, app: QApplication) -> None:
        """Load the fonts, style Qt's stock widgets and follow later changes of this theme."""
        load_fonts()
        app.setStyle("Fusion")
        self._restyle(app)
        self.changed.connect(lambda: self._restyle(app))

    def _restyle(self, app: QApplication) -> None:
        c = self.c
        app.setFont(self.type("body").font)
        palette = QPalette()
        for role, colour in _qt_roles(c).items():
            palette.setColor(role, colour)
        app.setPalette(palette)
        app.setStyleSheet(stylesheet(c, self.px, self.type))


def _qt_roles(c: Palette) -> dict[QPalette.ColorRole, QColor]:
    role = QPalette.ColorRole
    return {
        role.Window: c.canvas,
        role.WindowText: c.text,
        role.Base: c.surface,
        role.AlternateBase: c.sunken,
        role.Text: c.text,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.BrightText: c.text,
        role.Light: c.raised,
        role.Mid: c.line,
        role.Dark: c.line_strong,
        role.Highlight: c.accent,
        role.HighlightedText: c.on_accent,
        role.PlaceholderText: c.text3,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
    }


_theme: Theme | None = None


def theme() -> Theme:
    """The one theme of this program; made light at 100 % on first use."""
    global _theme
    if _theme is None:
        _theme = Theme()
    return _theme
