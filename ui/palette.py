"""The colour tokens of the light and the dark theme, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour a widget may use; the pairs are chosen to pass WCAG AA (tests/ui_kit/test_theme.py)."""

    canvas: QColor
    surface: QColor
    raised: QColor
    sunken: QColor
    line: QColor
    line_strong: QColor
    text: QColor
    text2: QColor
    text3: QColor
    accent: QColor
    accent_press: QColor
    accent_soft: QColor
    on_accent: QColor
    pay: QColor
    pay_press: QColor
    pay_soft: QColor
    on_pay: QColor
    danger: QColor
    danger_fill: QColor
    danger_soft: QColor
    on_danger: QColor
    warn: QColor
    warn_fill: QColor
    warn_soft: QColor
    on_warn: QColor
    train: QColor
    train_soft: QColor
    on_train: QColor
    scrim: QColor


def _palette(text: str) -> Palette:
    return Palette(*(QColor(word) for word in text.split()))


LIGHT = _palette(
    "#EDF0F4 #FFFFFF #FFFFFF #E3E8EE #D4DBE3 #77838F #10171F #44505D #5A6774 "
    "#1A5DC8 #144A9F #E2ECFC #FFFFFF #0A7548 #075A37 #DCF2E7 #FFFFFF "
    "#B42318 #B42318 #FDE8E5 #FFFFFF #7A4A00 #F2B338 #FFF1D2 #2A1A00 "
    "#6438B8 #EEE8FB #FFFFFF #8C0B1118"
)
DARK = _palette(
    "#0D1217 #161C23 #1F2731 #0A0E12 #2C3642 #76848F #EDF1F5 #B6C0CA #93A0AC "
    "#77ADFF #5593F0 #172A4A #06162E #33C285 #25A56F #0F2F23 #02180E "
    "#FF9389 #E9685C #3B1A17 #1F0503 #F0C061 #E0A93A #342A12 #231600 "
    "#BCA3FF #281F44 #160A33 #B3000000"
)

# Okabe-Ito based, so that they stay apart for colour-blind eyes; always beside an icon and a name.
CATEGORY_COLOURS: dict[str, QColor] = {
    "fruit": QColor("#E69F00"),
    "veg": QColor("#009E73"),
    "bakery": QColor("#B5651D"),
    "dairy": QColor("#56B4E9"),
    "drinks": QColor("#0072B2"),
    "alcohol": QColor("#CC79A7"),
    "snacks": QColor("#D55E00"),
    "other": QColor("#77838F"),
}


def blend(top: QColor, under: QColor, share: float) -> QColor:
    """``share`` (0 to 1) of ``top`` mixed into ``under``."""
    rest = 1.0 - share
    return QColor(
        round(top.red() * share + under.red() * rest),
        round(top.green() * share + under.green() * rest),
        round(top.blue() * share + under.blue() * rest),
    )


def contrast(a: QColor, b: QColor) -> float:
    """WCAG contrast ratio of two opaque colours, 1 to 21."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    def channel(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (channel(v) for v in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
