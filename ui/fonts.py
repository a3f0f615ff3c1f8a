"""The bundled typeface: loads Inter into Qt and turns a size, weight and figure style into a QFont."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
FAMILY = "Inter"
_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")
_TABULAR = QFont.Tag("tnum")


class FontsMissingError(RuntimeError):
    """A bundled font file is not there or Qt could not read it."""


@dataclass(frozen=True, slots=True)
class FontSpec:
    """A font as a value: pixel size, weight 400-700, and whether figures are tabular (columns) or not."""

    px: int
    weight: int = 400
    tabular: bool = False

    def scaled(self, factor: float) -> FontSpec:
        """The same face at another size, in whole pixels because that is all QFont takes."""
        return _scaled(self, factor)

    @property
    def font(self) -> QFont:
        """The QFont for this spec; shared, so never change it."""
        return _font(self)

    @property
    def metrics(self) -> QFontMetricsF:
        """Font metrics of this spec; shared, so never change them."""
        return _metrics(self)

    def width(self, text: str) -> float:
        """Advance of ``text`` in logical pixels."""
        return _width(self, text)

    @property
    def line_height(self) -> float:
        """Distance between two base lines: tighter than the font's own, which was made for paragraphs."""
        return round(self.px * 1.22)


@lru_cache(maxsize=512)
def _font(spec: FontSpec) -> QFont:
    font = QFont(FAMILY)
    # Pixels, not points: a point size would drag in the screen's dpi.
    font.setPixelSize(spec.px)
    font.setWeight(QFont.Weight(spec.weight))
    # Set to 1 or 0 always: a feature left unset is inherited from whatever font was merged before.
    font.setFeature(_TABULAR, 1 if spec.tabular else 0)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=512)
def _scaled(spec: FontSpec, factor: float) -> FontSpec:
    return replace(spec, px=max(1, round(spec.px * factor)))


# A repaint asks for the same words again and again, and shaping them is most of what a paint costs.
@lru_cache(maxsize=8192)
def _width(spec: FontSpec, text: str) -> float:
    return _metrics(spec).horizontalAdvance(text)


@lru_cache(maxsize=512)
def _metrics(spec: FontSpec) -> QFontMetricsF:
    return QFontMetricsF(_font(spec))


_loaded: list[int] = []


def load_fonts() -> None:
    """Register the bundled Inter faces with Qt, once; FontsMissingError names a file that is not usable."""
    if _loaded:
        return
    for name in _FILES:
        path = RESOURCES / "fonts" / name
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            raise FontsMissingError(f"The font {path.name} is missing or damaged. Install the program again.")
        _loaded.append(number)
