"""Sheets of paper to cut or peel: shelf labels for items, and the scanner's command sheet, as vector PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPageSize, QPainter, QPdfWriter

from pos_desktop.domain.command_sheet import COMMANDS, command_code
from pos_desktop.domain.money import Currency, format_money
from pos_desktop.domain.receipt_layout import clean
from pos_desktop.words import t
from ui.barcode_paint import QUIET_MODULES, Symbol, code_128, draw_symbol, item_symbol
from ui.fonts import load_fonts
from ui.paper import PDF_DPI, open_pdf
from ui.paper_font import PaperFont

_DOTS = PDF_DPI / 25.4
_PADDING = 2.5
_NAME_EM = 4.4
_PRICE_EM = 10.5
_SMALL_EM = 2.5
_LEADING = 1.2
_MODULE_MM = 0.264
"""80 % of the nominal EAN module of 0.33 mm: the smallest the standard allows."""


@dataclass(frozen=True, slots=True)
class ShelfLabel:
    """One label: ``price`` in minor units a ``unit`` (each, kg, l); ``unit_price`` in words when known."""

    name: str
    price: int
    currency: Currency
    code: str = ""
    unit: str = "each"
    unit_price: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """How labels lie on A4, in millimetres; the default is 3 x 7 of 63.5 x 38.1 mm (as Avery L7160)."""

    columns: int = 3
    rows: int = 7
    width: float = 63.5
    height: float = 38.1
    left: float = 7.2
    top: float = 15.1
    gap_x: float = 2.5
    gap_y: float = 0.0
    outline: bool = False

    def __post_init__(self) -> None:
        across = self.left + self.columns * self.width + (self.columns - 1) * self.gap_x
        down = self.top + self.rows * self.height + (self.rows - 1) * self.gap_y
        if min(self.columns, self.rows) < 1 or across > 210.01 or down > 297.01:
            raise ValueError("These labels do not fit on an A4 sheet. Check their number and size.")

    @property
    def per_page(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows

    def place(self, index: int) -> QRectF:
        """Where the label of this number lies on its sheet, in millimetres."""
        row, column = divmod(index % self.per_page, self.columns)
        left = self.left + column * (self.width + self.gap_x)
        top = self.top + row * (self.height + self.gap_y)
        return QRectF(left, top, self.width, self.height)


class StoppedError(Exception):
    """Somebody stopped the painting; what there is of the file is no good."""


def save_labels_pdf(
    path: Path,
    labels: Sequence[ShelfLabel],
    sheet: LabelSheet | None = None,
    *,
    first: int = 0,
    told: Callable[[int], bool] = lambda _: True,
) -> int:
    """Shelf labels on A4 sheets, the first on place ``first`` of a begun sheet; the number of pages.

    It may run outside the GUI thread. ``told`` hears of every label; StoppedError after it answered False.
    """
    grid = sheet or LabelSheet()
    load_fonts()
    writer = open_pdf(path, QPageSize(QPageSize.PageSizeId.A4), t("Shelf labels"))
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"{path} cannot be written")
    try:
        for index, label in enumerate(labels, start=first):
            if not told(index - first):
                raise StoppedError
            if index > first and index % grid.per_page == 0:
                writer.newPage()
            _Face(painter, grid.place(index)).label(label, outline=grid.outline)
    finally:
        painter.end()
    return -(-(first + len(labels)) // grid.per_page)


def save_command_sheet_pdf(path: Path, secret: bytes, shop_name: str) -> None:
    """The scanner's command sheet of one shop: every command with its words and its signed barcode, on A4."""
    grid = LabelSheet(columns=3, rows=12, width=62.0, height=21.0, left=9.0, top=30.0, gap_x=3.0, gap_y=1.0)
    load_fonts()
    writer: QPdfWriter = open_pdf(path, QPageSize(QPageSize.PageSizeId.A4), t("Scanner command sheet"))
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"{path} cannot be written")
    try:
        _Face(painter, QRectF(9.0, 8.0, 192.0, 20.0)).heading(
            t("{shop}: scanner commands", shop=shop_name),
            t(
                "Scan a line to do what it says. Keep this sheet at the till: its "
                "codes work in this shop only."
            ),
        )
        for index, command in enumerate(COMMANDS):
            code = command_code(secret, command.name)
            _Face(painter, grid.place(index)).command(command.label, code_128(code))
    finally:
        painter.end()


class _Face:
    """Paints in one rectangle of the sheet, given in millimetres, on a 1200 dpi painter."""

    def __init__(self, painter: QPainter, place: QRectF) -> None:
        self._painter = painter
        self._place = place
        painter.setPen(Qt.GlobalColor.black)

    def label(self, label: ShelfLabel, *, outline: bool) -> None:
        """Name on top, price big below, the code beside it."""
        place = self._place
        if outline:
            self._frame()
        inner = place.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        symbol = item_symbol(label.code)
        low = inner.height() * 0.5
        name = QRectF(inner.left(), inner.top(), inner.width(), inner.height() - low)
        self._wrapped(clean(label.name), name, _NAME_EM, weight=600)
        bottom = QRectF(inner.left(), inner.bottom() - low, inner.width(), low)
        code_width = self._code_width(symbol, inner.width() * 0.62)
        price = QRectF(bottom.left(), bottom.top(), bottom.width() - code_width - 1.0, bottom.height())
        self._price(label, price)
        if symbol is not None:
            self._symbol(
                symbol, QRectF(bottom.right() - code_width, bottom.top() + 1.0, code_width, low - 1.0)
            )

    def command(self, words: str, symbol: Symbol) -> None:
        """The words of a command above its barcode; no digits, nobody types them."""
        place = self._place
        self._frame()
        self._line(words, QRectF(place.left(), place.top() + 1.2, place.width(), 5.0), 3.4, 600, centred=True)
        bars = QRect(
            round(place.left() * _DOTS),
            round((place.top() + 7.0) * _DOTS),
            round(place.width() * _DOTS),
            round((place.height() - 9.5) * _DOTS),
        )
        draw_symbol(self._painter, symbol, bars)

    def heading(self, title: str, words: str) -> None:
        """The sheet's title and one line of what it is."""
        place = self._place
        self._line(title, QRectF(place.left(), place.top(), place.width(), 9.0), 6.0, 700)
        self._line(words, QRectF(place.left(), place.top() + 10.0, place.width(), 6.0), 3.4, 400)

    def _price(self, label: ShelfLabel, area: QRectF) -> None:
        small = [text for text in (label.unit_price, label.note) if text]
        per = "" if label.unit == "each" else f" / {label.unit}"
        price = format_money(label.price, label.currency) + per
        foot = len(small) * _SMALL_EM * _LEADING
        big = QRectF(area.left(), area.top(), area.width(), area.height() - foot)
        spec = self._fitting(price, _PRICE_EM, big.width(), big.height(), 700)
        height = spec.px * _LEADING
        self._draw(price, spec, big.left() * _DOTS, big.bottom() * _DOTS - height, height)
        for n, text in enumerate(small):
            top = area.bottom() - foot + n * _SMALL_EM * _LEADING
            line = QRectF(area.left(), top, area.width(), _SMALL_EM * _LEADING)
            self._line(clean(text), line, _SMALL_EM, 400)

    @staticmethod
    def _code_width(symbol: Symbol | None, at_most: float) -> float:
        if symbol is None:
            return 0.0
        wanted = (symbol.modules + 2 * QUIET_MODULES) * (_MODULE_MM + 1 / _DOTS)
        return wanted if symbol.kind != "code128" else min(wanted, at_most)

    def _symbol(self, symbol: Symbol, area: QRectF) -> None:
        text_height = _SMALL_EM * _LEADING
        bars = QRect(
            round(area.left() * _DOTS),
            round(area.top() * _DOTS),
            round(area.width() * _DOTS),
            round((area.height() - text_height - 0.4) * _DOTS),
        )
        draw_symbol(self._painter, symbol, bars)
        text = QRectF(area.left(), area.bottom() - text_height, area.width(), text_height)
        self._line(symbol.text, text, _SMALL_EM, 400, centred=True)

    def _line(self, text: str, area: QRectF, em: float, weight: int, *, centred: bool = False) -> None:
        """One line as large as fits the area, never cut."""
        spec = self._fitting(text, em, area.width(), area.height(), weight)
        width = spec.width(text)
        left = area.left() * _DOTS + ((area.width() * _DOTS - width) / 2 if centred else 0)
        self._draw(text, spec, left, area.top() * _DOTS, area.height() * _DOTS)

    def _fitting(self, text: str, em: float, width: float, height: float, weight: int) -> PaperFont:
        spec = PaperFont(round(em * _DOTS), weight)
        over = max(spec.width(text) / (width * _DOTS), spec.px * _LEADING / (height * _DOTS), 1.0)
        return PaperFont(max(1, int(spec.px / over)), weight)

    def _wrapped(self, text: str, area: QRectF, em: float, *, weight: int) -> None:
        """Words on as many lines as they need, made smaller until all of it fits: never cut."""
        spec, lines = self._set_smaller(text, area, em, weight)
        step = spec.px * _LEADING
        for n, line in enumerate(lines):
            self._draw(line, spec, area.left() * _DOTS, area.top() * _DOTS + n * step, step)

    @staticmethod
    def _set_smaller(text: str, area: QRectF, em: float, weight: int) -> tuple[PaperFont, list[str]]:
        """The largest size at which the text fits; words are broken only when they would get tiny whole."""
        width, height = area.width() * _DOTS, area.height() * _DOTS
        full = round(em * _DOTS)
        for break_words, smallest in ((False, full * 6 // 10), (True, 2)):
            px = full
            while px > smallest:
                spec = PaperFont(px, weight)
                lines = wrap_words(text, spec, width, break_words=break_words)
                fits = all(spec.width(line) <= width for line in lines)
                if fits and len(lines) * px * _LEADING <= height:
                    return spec, lines
                px = px * 94 // 100
        spec = PaperFont(2, weight)
        return spec, wrap_words(text, spec, width, break_words=True)

    def _draw(self, text: str, spec: PaperFont, left: float, top: float, height: float) -> None:
        self._painter.setFont(spec.font)
        room = QRectF(left, top, spec.width(text) * 1.05 + 20, height)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(room, flags | Qt.TextFlag.TextDontClip, text)

    def _frame(self) -> None:
        self._painter.save()
        pen = self._painter.pen()
        pen.setColor(QColor(190, 190, 190))
        pen.setWidthF(0.1 * _DOTS)
        self._painter.setPen(pen)
        place = self._place
        self._painter.drawRect(
            QRectF(place.left() * _DOTS, place.top() * _DOTS, place.width() * _DOTS, place.height() * _DOTS)
        )
        self._painter.restore()


def wrap_words(text: str, spec: PaperFont, width: float, *, break_words: bool = False) -> list[str]:
    """Text in lines no wider than ``width`` pixels, broken at spaces.

    A word wider than the line stays whole, or with ``break_words`` goes on in the next line.
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and spec.width(longer) <= width:
            lines[-1] = longer
            continue
        rest = word
        while break_words and len(rest) > 1 and spec.width(rest) > width:
            cut = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or spec.width(rest[:n]) <= width)
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return lines
