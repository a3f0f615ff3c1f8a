"""Paints the rows of a paper as a picture or a PDF: the same rows the printer gets, set in Inter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QMarginsF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QImageWriter, QPageSize, QPainter, QPdfWriter

from pos_desktop.domain.receipt import Paper
from pos_desktop.domain.receipt_layout import (
    COLUMNS_58MM,
    Align,
    BarcodeRow,
    Cell,
    Row,
    RuleRow,
    Size,
    TextRow,
    layout,
)
from pos_desktop.words import t
from ui.barcode_paint import QUIET_MODULES, code_128, draw_symbol
from ui.fonts import load_fonts
from ui.paper_font import PaperFont

PDF_DPI = 1200
IMAGE_DOTS_PER_MM = 12
_MM_PER_INCH = 25.4
_TOP_MM = 5.0
_BOTTOM_MM = 7.0
_BLANK_MM = 2.0
_RULE_MM = 2.8
_BARCODE_MM = 11.0
_BARCODE_TEXT_MM = 4.2
_MODULE_MM = 0.25
_HEIGHTS = {Size.NORMAL: 3.9, Size.TALL: 5.8, Size.BIG: 7.0}
_EMS = {Size.NORMAL: 2.75, Size.TALL: 3.9, Size.BIG: 5.0}


@dataclass(frozen=True, slots=True)
class _Roll:
    """A paper roll: full width, and the part that is printed on, in millimetres."""

    width: float
    printed: float


def _roll(columns: int) -> _Roll:
    return _Roll(58.0, 48.0) if columns <= COLUMNS_58MM else _Roll(80.0, 72.0)


def paper_image(rows: Sequence[Row], columns: int) -> QImage:
    """The paper as a picture, 12 dots to the millimetre, white with black text."""
    load_fonts()
    roll = _roll(columns)
    scale = IMAGE_DOTS_PER_MM
    image = QImage(round(roll.width * scale), round(_height(rows) * scale), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.setDotsPerMeterX(scale * 1000)
    image.setDotsPerMeterY(scale * 1000)
    painter = QPainter(image)
    try:
        _Painter(painter, scale, roll, columns).rows(rows)
    finally:
        painter.end()
    return image


def save_paper_png(path: Path, rows: Sequence[Row], columns: int) -> None:
    """The picture as a PNG file; OSError when it cannot be written."""
    if not QImageWriter(str(path), QByteArray(b"PNG")).write(paper_image(rows, columns)):
        raise OSError(f"{path} cannot be written")


def save_receipt_png(path: Path, paper: Paper, columns: int = 48) -> None:
    """A receipt or report as a PNG file."""
    save_paper_png(path, layout(paper, columns), columns)


def save_receipt_pdf(path: Path, paper: Paper, columns: int = 48) -> None:
    """A receipt or report as a PDF of one page as wide as the roll and as long as it needs."""
    load_fonts()
    rows = layout(paper, columns)
    roll = _roll(columns)
    size = QPageSize(QSizeF(roll.width, _height(rows)), QPageSize.Unit.Millimeter, "receipt")
    writer = open_pdf(path, size, paper_title(paper))
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"{path} cannot be written")
    try:
        _Painter(painter, PDF_DPI / _MM_PER_INCH, roll, columns).rows(rows)
    finally:
        painter.end()


def open_pdf(path: Path, size: QPageSize, title: str) -> QPdfWriter:
    """A PDF of pages without margins, 1200 pixels to the inch; OSError when it cannot be written."""
    try:
        path.touch()
    except OSError as problem:
        raise OSError(f"{path} cannot be written") from problem
    writer = QPdfWriter(str(path))
    writer.setResolution(PDF_DPI)
    writer.setPageSize(size)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(title)
    writer.setCreator("pos_desktop")
    return writer


def paper_title(paper: Paper) -> str:
    """The name of a paper for a file's title."""
    return getattr(paper, "title", "") or t("Receipt {number}", number=paper.number)


def _height(rows: Sequence[Row]) -> float:
    return _TOP_MM + sum(_row_height(row) for row in rows) + _BOTTOM_MM


def _row_height(row: Row) -> float:
    if isinstance(row, TextRow):
        return _HEIGHTS[row.size] if row.cells else _BLANK_MM
    if isinstance(row, RuleRow):
        return _RULE_MM
    if isinstance(row, BarcodeRow):
        return _BARCODE_MM + _BARCODE_TEXT_MM
    return 0.0


class _Painter:
    """Paints rows downwards on one roll; ``scale`` is device pixels to the millimetre."""

    def __init__(self, painter: QPainter, scale: float, roll: _Roll, columns: int) -> None:
        self._painter = painter
        self._scale = scale
        self._left = (roll.width - roll.printed) / 2
        self._printed = roll.printed
        self._column = roll.printed / columns
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setPen(Qt.GlobalColor.black)

    def rows(self, rows: Sequence[Row]) -> None:
        """Paint every row, from the top margin down."""
        top = _TOP_MM
        for row in rows:
            if isinstance(row, TextRow):
                self._text_row(row, top)
            elif isinstance(row, RuleRow):
                self._rule(top)
            elif isinstance(row, BarcodeRow):
                self._barcode(row, top)
            top += _row_height(row)

    def _text_row(self, row: TextRow, top: float) -> None:
        for n, cell in enumerate(row.cells):
            before, after = row.cells[:n], row.cells[n + 1 :]
            start = max((c.start + len(c.text) * row.size.across for c in before), default=0)
            end = min((self._text_start(c, row.size) for c in after), default=row.columns)
            self._cell(cell, row, top, (start, end))

    @staticmethod
    def _text_start(cell: Cell, size: Size) -> int:
        if cell.align is Align.RIGHT:
            return cell.start + cell.width - len(cell.text) * size.across
        return cell.start

    def _cell(self, cell: Cell, row: TextRow, top: float, room: tuple[int, int]) -> None:
        """Text may grow into the free columns beside its cell; what is wider still is narrowed, never cut."""
        font = self._font(_EMS[row.size], bold=row.bold)
        height = _HEIGHTS[row.size] * self._scale
        text_width = font.width(cell.text)
        left, right = cell.start, cell.start + cell.width
        if cell.align is Align.LEFT:
            right = max(right, room[1])
        elif cell.align is Align.RIGHT:
            left = min(left, room[0])
        available = (right - left) * self._column * self._scale
        squeeze = min(1.0, available / text_width) if text_width else 1.0
        slack = available - text_width * squeeze
        shift = {Align.LEFT: 0.0, Align.CENTRE: slack / 2, Align.RIGHT: slack}[cell.align]
        self._painter.save()
        self._painter.setFont(font.font)
        self._painter.translate((self._left + left * self._column) * self._scale + shift, top * self._scale)
        self._painter.scale(squeeze, 1.0)
        self._painter.drawText(
            QRectF(0, 0, text_width * 1.05 + 10, height),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignLeft,
            cell.text,
        )
        self._painter.restore()

    def _font(self, em: float, *, bold: bool = False) -> PaperFont:
        return PaperFont(max(1, round(em * self._scale)), 700 if bold else 400)

    def _rule(self, top: float) -> None:
        thickness = max(1, round(0.15 * self._scale))
        rule = QRect(
            round(self._left * self._scale),
            round((top + _RULE_MM / 2) * self._scale),
            round(self._printed * self._scale),
            thickness,
        )
        self._painter.fillRect(rule, Qt.GlobalColor.black)

    def _barcode(self, row: BarcodeRow, top: float) -> None:
        symbol = code_128(row.data)
        # Bars may use the whole roll: its unprinted edge is the quiet zone, as on the thermal printer.
        module = max(1, min(round(_MODULE_MM * self._scale), int(self._room / (symbol.modules + 12))))
        width = module * (symbol.modules + 2 * QUIET_MODULES)
        middle = (self._left + self._printed / 2) * self._scale
        height = round((_BARCODE_MM - 1.0) * self._scale)
        draw_symbol(
            self._painter, symbol, QRect(round(middle - width / 2), round(top * self._scale), width, height)
        )
        below = TextRow((Cell(row.data, 0, row.columns, Align.CENTRE),), row.columns)
        self._text_row(below, top + _BARCODE_MM - 0.6)

    @property
    def _room(self) -> float:
        return (self._printed + 2 * self._left) * self._scale
