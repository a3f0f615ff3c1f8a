"""The shop's sheet of command barcodes as a PDF: for a cashier with nothing but a scanner."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPageSize, QPainter

from pos_desktop.domain.command_sheet import COMMANDS, command_code
from ui.barcode_paint import code_128, draw_symbol
from ui.fonts import FontSpec, load_fonts
from ui.paper import PDF_DPI, open_pdf

COLUMNS, ROWS = 3, 13
MARGIN_MM, TITLE_MM, ROW_MM, BARS_MM = 8.0, 14.0, 20.6, 10.5
PAGE_MM = 210.0
TITLE_PT, LABEL_PT = 14, 9


def _px(mm: float) -> int:
    return round(mm * PDF_DPI / 25.4)


def save_command_sheet(path: Path, shop: str, secret: bytes) -> None:
    """Write the sheet of ``shop``, A4, one page; OSError when the file cannot be written."""
    load_fonts()
    writer = open_pdf(path, QPageSize(QPageSize.PageSizeId.A4), f"Command sheet of {shop}")
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"{path} cannot be written")
    try:
        title = QRect(_px(MARGIN_MM), _px(MARGIN_MM), _px(PAGE_MM - 2 * MARGIN_MM), _px(TITLE_MM) - _px(2))
        _text(painter, title, f"{shop} · scanner commands · keep out of customers' reach", TITLE_PT, 600)
        for number, command in enumerate(COMMANDS):
            column, row = number // ROWS, number % ROWS
            width = _px((PAGE_MM - 2 * MARGIN_MM) / COLUMNS)
            left = _px(MARGIN_MM) + column * width
            top = _px(MARGIN_MM + TITLE_MM) + row * _px(ROW_MM)
            _text(painter, QRect(left, top, width, _px(5)), command.label, LABEL_PT, 500)
            bars = QRect(left, top + _px(5.5), width, _px(BARS_MM))
            draw_symbol(painter, code_128(command_code(secret, command.name)), bars)
    finally:
        painter.end()


def _text(painter: QPainter, area: QRect, text: str, points: int, weight: int) -> None:
    font = FontSpec(round(points * PDF_DPI / 72), weight).font
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.black)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
