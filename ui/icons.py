"""Lucide icons recoloured by text, drawn once per name, size, colour and pixel ratio, then kept."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.fonts import RESOURCES

# Icons that point along the reading direction; only these are mirrored in a right-to-left layout.
DIRECTIONAL = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "undo-2", "log-out", "delete", "split"}
)


class IconMissingError(KeyError):
    """No icon of that name is bundled."""


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    path = RESOURCES / "icons" / f"{name}.svg"
    if not path.is_file():
        raise IconMissingError(name)
    return path.read_text(encoding="utf-8")


def has_icon(name: str) -> bool:
    """Whether an icon of that name is bundled."""
    return (RESOURCES / "icons" / f"{name}.svg").is_file()


@lru_cache(maxsize=1024)
def _pixmap(name: str, size: int, rgba: int, dpr: float, mirrored: bool, stroke: float) -> QPixmap:
    colour = QColor.fromRgba(rgba)
    svg = _source(name).replace("currentColor", colour.name())
    svg = svg.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    side = max(1, math.ceil(size * dpr))
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(colour.alphaF())
    if mirrored:
        painter.translate(side, 0)
        painter.scale(-1, 1)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(dpr)
    return pixmap


def icon_pixmap(
    name: str, size: int, colour: QColor, dpr: float = 1.0, *, rtl: bool = False, stroke: float = 2.0
) -> QPixmap:
    """The icon ``name`` as a square of ``size`` logical pixels; IconMissingError if it is not bundled."""
    return _pixmap(name, size, colour.rgba(), dpr, rtl and name in DIRECTIONAL, stroke)


def qicon(name: str, size: int, colour: QColor) -> QIcon:
    """The icon for Qt's own widgets (menu entries, line edit actions), sharp at one and two pixel ratios."""
    icon = QIcon()
    for dpr in (1.0, 2.0):
        icon.addPixmap(icon_pixmap(name, size, colour, dpr))
    return icon
