"""Inter as it is set on paper: plain glyphs only, so that a PDF can be searched, copied and read aloud.

Tabular figures and contextual alternates are other glyphs, which a PDF maps to no readable character.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

from ui.fonts import FAMILY

_PLAIN = ("tnum", "calt", "liga", "clig", "dlig")


@dataclass(frozen=True, slots=True)
class PaperFont:
    """A size in device pixels and a weight of 400 to 700."""

    px: int
    weight: int = 400

    @property
    def font(self) -> QFont:
        """The QFont; shared, so never change it."""
        return _font(self)

    def width(self, text: str) -> float:
        """Advance of ``text`` in device pixels."""
        return _metrics(self).horizontalAdvance(text)


@lru_cache(maxsize=256)
def _font(spec: PaperFont) -> QFont:
    font = QFont(FAMILY)
    font.setPixelSize(spec.px)
    font.setWeight(QFont.Weight(spec.weight))
    for feature in _PLAIN:
        font.setFeature(QFont.Tag(feature), 0)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=256)
def _metrics(spec: PaperFont) -> QFontMetricsF:
    return QFontMetricsF(_font(spec))
