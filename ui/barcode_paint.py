"""Barcodes as bars on a QPainter: python-barcode makes the pattern, whole device pixels keep it readable."""

from __future__ import annotations

from dataclasses import dataclass

import barcode
from barcode.errors import BarcodeError
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

QUIET_MODULES = 10


@dataclass(frozen=True, slots=True)
class Symbol:
    """A barcode ready to draw: ``pattern`` of 1 and 0 modules, and the text that stands below."""

    kind: str
    pattern: str
    text: str

    @property
    def modules(self) -> int:
        """Width in modules without the quiet zones."""
        return len(self.pattern)


def code_128(text: str) -> Symbol:
    """A Code 128 of printable ASCII; ValueError for other text."""
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("a Code 128 holds printable ASCII only")
    return _symbol("code128", text)


def item_symbol(code: str) -> Symbol | None:
    """The symbol of an item's code as the catalogue keeps it; None when there is nothing to draw.

    A GTIN padded to 14 digits becomes EAN-8, UPC-A or EAN-13 again; a real 14-digit case code and a shop's
    own code become Code 128 (an ITF-14 too small for its bearer bars does not read).
    """
    text = code.strip()
    if not text or not text.isascii() or not text.isprintable():
        return None
    kind, digits = _retail_kind(text)
    if kind:
        try:
            symbol = _symbol(kind, digits)
        except BarcodeError:
            symbol = None
        # python-barcode mends a wrong check digit by itself: then the label would scan as another item.
        if symbol is not None and symbol.text == digits:
            return symbol
    return code_128(text)


def _retail_kind(text: str) -> tuple[str, str]:
    if not text.isdigit():
        return "", text
    digits = text
    if len(text) == 14 and text[0] == "0":
        digits = text[1:]
        if digits.startswith("00000"):
            digits = digits[5:]
        elif digits.startswith("0"):
            digits = digits[1:]
    return {8: "ean8", 12: "upca", 13: "ean13"}.get(len(digits), ""), digits


def _symbol(kind: str, text: str) -> Symbol:
    made = barcode.get_barcode_class(kind)(text)
    pattern = made.build()[0].replace("G", "1")
    return Symbol(kind, pattern, text if kind == "code128" else made.get_fullcode())


def draw_symbol(painter: QPainter, symbol: Symbol, area: QRect) -> QRect:
    """Draw the bars centred in ``area`` (device pixels), quiet zones inside it; the rectangle of the bars.

    Each module is a whole number of pixels. ValueError when the area is too narrow for one pixel a module.
    """
    module = area.width() // (symbol.modules + 2 * QUIET_MODULES)
    if module < 1:
        raise ValueError("the area is too narrow for this barcode")
    width = module * symbol.modules
    left = area.left() + (area.width() - width) // 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    start = 0
    for end in range(1, symbol.modules + 1):
        if end < symbol.modules and symbol.pattern[end] == symbol.pattern[start]:
            continue
        if symbol.pattern[start] == "1":
            bar = QRect(left + start * module, area.top(), (end - start) * module, area.height())
            painter.fillRect(bar, Qt.GlobalColor.black)
        start = end
    painter.restore()
    return QRect(left, area.top(), width, area.height())
