"""Lays a paper out into rows of a fixed number of columns: wrapped, aligned, never truncated; pure text.

A row keeps its cells, so that a printer gets a string of exact width and a painter may set the same cells
in a proportional font. Text from the database is cleaned of control and invisible characters here.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from pos_desktop.domain.money import MINUS, THIN_SPACE, format_amount, format_money
from pos_desktop.domain.quantity import ONE, format_qty
from pos_desktop.domain.receipt import (
    OFFLINE,
    TRAINING,
    Paper,
    Receipt,
    ReceiptLine,
    ReportPaper,
    Section,
    TaxRow,
    rate_text,
)

COLUMNS_58MM = 32
COLUMNS_80MM = 48
COLUMNS_80MM_WIDE_FONT = 42


class Size(Enum):
    """How large a row is set: normal, double height, or double height and width."""

    NORMAL = (1, 1)
    TALL = (1, 2)
    BIG = (2, 2)

    @property
    def across(self) -> int:
        """Columns one character takes."""
        return self.value[0]


class Align(Enum):
    """Where a cell's text stands in its width."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Cell:
    """Text in ``width`` columns from ``start``; both are counted in columns of normal size."""

    text: str
    start: int
    width: int
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class TextRow:
    """One printed row of ``columns`` normal columns."""

    cells: tuple[Cell, ...]
    columns: int
    size: Size = Size.NORMAL
    bold: bool = False

    @property
    def text(self) -> str:
        """What the printer gets: exactly ``columns`` characters, or half as many when doubly wide."""
        return _compose(self.cells, self.columns, self.size.across)

    @property
    def plain(self) -> str:
        """The row on a grid of single-width characters, for text files and expectations."""
        return _compose(self.cells, self.columns, 1)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A line across the paper."""

    columns: int
    text_char: str = "-"

    @property
    def text(self) -> str:
        """The rule in characters."""
        return self.text_char * self.columns


@dataclass(frozen=True, slots=True)
class BarcodeRow:
    """A Code 128 of ``data``, centred, with its text below."""

    data: str
    columns: int


@dataclass(frozen=True, slots=True)
class CutRow:
    """The end of the paper: feed past the knife and cut."""


Row = TextRow | RuleRow | BarcodeRow | CutRow


def _compose(cells: Iterable[Cell], columns: int, across: int) -> str:
    grid = [" "] * (columns // across)
    for cell in cells:
        start, width = cell.start // across, cell.width // across
        text = cell.text
        if cell.align is Align.RIGHT:
            text = text.rjust(width)
        elif cell.align is Align.CENTRE:
            text = " " * ((width - len(text)) // 2) + text
        grid[start : start + len(text)] = text
    return "".join(grid)


def clean(text: str) -> str:
    """Text fit for paper: NFC, every control, invisible, bidi or unassigned character gone, spaces plain.

    Line breaks and tabs become a space; a combining mark that has no composed form is dropped, so that one
    character is one column.
    """
    kept: list[str] = []
    for ch in unicodedata.normalize("NFC", text).replace(MINUS, "-"):
        category = unicodedata.category(ch)
        if category == "Cc" or category[0] == "Z":
            kept.append(" ")
        elif category[0] != "C" and category[0] != "M":
            kept.append(ch)
    return " ".join("".join(kept).split())


def _money(text: str) -> str:
    return text.replace(MINUS, "-").replace(THIN_SPACE, " ").replace("\u00a0", " ")


class _Sheet:
    """Collects rows of one width."""

    def __init__(self, columns: int) -> None:
        if columns < 24:
            raise ValueError("paper needs at least 24 columns")
        self.columns = columns
        self.rows: list[Row] = []

    def wrap(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(clean(text), max(1, width), break_on_hyphens=False)

    def text(self, *cells: Cell, size: Size = Size.NORMAL, bold: bool = False) -> None:
        self.rows.append(TextRow(cells, self.columns, size, bold))

    def blank(self) -> None:
        self.text()

    def rule(self, char: str = "-") -> None:
        self.rows.append(RuleRow(self.columns, char))

    def centred(self, text: str, size: Size = Size.NORMAL, bold: bool = False) -> None:
        width = self.columns // size.across * size.across
        for part in self._balanced(text, width // size.across):
            self.text(Cell(part, 0, width, Align.CENTRE), size=size, bold=bold)

    def _balanced(self, text: str, width: int) -> list[str]:
        """Wrapped into as few rows as needed, the rows about equally long: no lone last word."""
        parts = self.wrap(text, width)
        for narrower in range(width - 1, width // 2, -1):
            tried = self.wrap(text, narrower)
            if len(tried) > len(parts):
                break
            parts = tried
        return parts

    def pair(
        self,
        left: str,
        right: str,
        size: Size = Size.NORMAL,
        bold: bool = False,
        *,
        tail: str = "",
        indent: int = 0,
    ) -> None:
        """Left and right on one row when they fit; else the left wraps and the right closes the last row.

        ``tail`` stands in a column of its own behind the right, so that amounts align whatever follows them.
        """
        right = _money(right)
        end = self.columns // size.across - (len(tail) + 1 if tail else 0)
        if len(right) > end and size is not Size.NORMAL:
            self.pair(left, right, Size.NORMAL, bold)
            return
        room = end - indent - len(right) - 1
        longest = max((len(word) for word in clean(left).split()), default=0)
        parts = self.wrap(left, room if longest <= room else end - indent) or [""]
        if len(parts[-1]) > room:
            parts.append("")
        for part in parts[:-1]:
            self.text(Cell(part, indent, self.columns - indent), size=size, bold=bold)
        closing = [right] if len(right) <= end else self.wrap(right, end)
        for n, text in enumerate(closing or [""]):
            cells = self._closing("" if n else parts[-1], text, end, indent, size.across)
            if tail.strip() and n == len(closing) - 1:
                cells.append(Cell(tail, self.columns - len(tail), len(tail), Align.RIGHT))
            self.text(*cells, size=size, bold=bold)

    @staticmethod
    def _closing(left: str, right: str, end: int, indent: int, across: int) -> list[Cell]:
        width = len(right) * across
        cells = [Cell(left, indent, (end - indent - 1) * across - width)] if left else []
        return [*cells, Cell(right, end * across - width, width, Align.RIGHT)]


def layout(paper: Paper, columns: int) -> list[Row]:
    """The rows of a paper ``columns`` wide (32 on 58 mm; 42 or 48 on 80 mm), ending with the cut."""
    sheet = _Sheet(columns)
    _head(sheet, paper)
    if isinstance(paper, Receipt):
        _receipt(sheet, paper)
    else:
        _report(sheet, paper)
    sheet.rows.append(CutRow())
    return sheet.rows


def as_text(paper: Paper, columns: int) -> str:
    """The paper as plain text, one line a row, no trailing spaces; the barcode stands as ``[data]``."""
    return rows_as_text(layout(paper, columns))


def rows_as_text(rows: Iterable[Row]) -> str:
    """Rows as plain text, for files and expectations."""
    return "\n".join(_plain_lines(rows)) + "\n"


def _plain_lines(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        if isinstance(row, TextRow):
            yield row.plain.rstrip()
        elif isinstance(row, RuleRow):
            yield row.text
        elif isinstance(row, BarcodeRow):
            yield f"[{row.data}]".center(row.columns).rstrip()


def _head(sheet: _Sheet, paper: Paper) -> None:
    for n, line in enumerate(paper.shop.header):
        if n == 0:
            sheet.centred(line, Size.BIG, bold=True)
        else:
            sheet.centred(line)
    sheet.blank()
    if paper.copy:
        sheet.centred(f"COPY {paper.copy}", Size.BIG, bold=True)
    if paper.training:
        sheet.centred(TRAINING, Size.TALL, bold=True)
    for message in paper.messages:
        if message == OFFLINE:
            sheet.centred("OFFLINE", Size.BIG, bold=True)
        sheet.centred(message, bold=True)
    if paper.copy or paper.training or paper.messages:
        sheet.blank()


def _receipt(sheet: _Sheet, receipt: Receipt) -> None:
    sheet.pair(receipt.number, receipt.at)
    sheet.pair(f"Till {receipt.till}", clean(receipt.cashier))
    sheet.rule()
    marks = max((len(ln.mark) for ln in receipt.lines), default=0)
    for line in receipt.lines:
        _line(sheet, line, receipt, marks)
    sheet.rule()
    _totals(sheet, receipt)
    _tenders(sheet, receipt)
    if receipt.taxes:
        sheet.rule()
        _tax_table(sheet, receipt)
    sheet.rule()
    for footer in receipt.shop.footer:
        sheet.centred(footer)
    sheet.blank()
    sheet.rows.append(BarcodeRow(receipt.number, sheet.columns))
    _chain_head(sheet, receipt.head[:16])


def _line(sheet: _Sheet, line: ReceiptLine, receipt: Receipt, marks: int) -> None:
    cur = receipt.shop.currency
    amount = format_amount(line.amount, cur)
    tail = f"{line.mark:<{marks}}"
    if line.qty == ONE and line.unit == "each" and line.price == line.amount:
        sheet.pair(line.name, amount, tail=tail)
    else:
        for part in sheet.wrap(line.name, sheet.columns):
            sheet.text(Cell(part, 0, sheet.columns))
        per = "" if line.unit == "each" else f" /{line.unit}"
        count = f"{_money(format_qty(line.qty, line.unit))} x {_money(format_amount(line.price, cur))}{per}"
        sheet.pair(count, amount, tail=tail, indent=2)
    for note in line.notes:
        for part in sheet.wrap(note, sheet.columns - 2):
            sheet.text(Cell(part, 2, sheet.columns - 2))


def _totals(sheet: _Sheet, receipt: Receipt) -> None:
    cur = receipt.shop.currency
    if receipt.tax_added:
        sheet.pair("Subtotal", format_amount(sum(t.net for t in receipt.taxes), cur))
        for tax in receipt.taxes:
            label = f"{receipt.shop.tax_word} {tax.mark} {rate_text(tax.rate)}"
            sheet.pair(label, format_amount(tax.tax, cur))
    if receipt.rounding:
        sheet.pair("Rounding", format_amount(receipt.rounding, cur))
    sheet.pair("TOTAL", format_money(receipt.total + receipt.rounding, cur), Size.BIG, bold=True)
    items = "1 item" if receipt.count == 1 else f"{receipt.count} items"
    sheet.pair(items, "")


def _tenders(sheet: _Sheet, receipt: Receipt) -> None:
    cur = receipt.shop.currency
    sheet.blank()
    for tender in receipt.tenders:
        sheet.pair(tender.name, format_amount(tender.amount, cur))
    if receipt.change:
        sheet.pair("Change", format_money(receipt.change, cur), Size.TALL, bold=True)


def _tax_table(sheet: _Sheet, receipt: Receipt) -> None:
    cur = receipt.shop.currency
    table = [(receipt.shop.tax_word, "Net", "Tax", "Gross")]
    table += [_tax_texts(t, receipt) for t in receipt.taxes]
    width = (sheet.columns - max(len(row[0]) for row in table)) // 3
    if all(len(text) < width for row in table for text in row[1:]):
        for label, *amounts in table:
            first = sheet.columns - 3 * width
            cells = [Cell(label, 0, first)]
            cells += [Cell(a, first + n * width, width, Align.RIGHT) for n, a in enumerate(amounts)]
            sheet.text(*cells)
        return
    for tax in receipt.taxes:
        label = f"{receipt.shop.tax_word} {tax.mark} {rate_text(tax.rate)} on {format_amount(tax.net, cur)}"
        sheet.pair(label, format_amount(tax.tax, cur))


def _tax_texts(tax: TaxRow, receipt: Receipt) -> tuple[str, str, str, str]:
    cur = receipt.shop.currency
    net, amount, gross = (_money(format_amount(m, cur)) for m in (tax.net, tax.tax, tax.gross))
    return f"{tax.mark} {rate_text(tax.rate)}".strip(), net, amount, gross


def _chain_head(sheet: _Sheet, head: str) -> None:
    if head:
        for row in range(0, len(head), 16):
            groups = " ".join(head[n : n + 4] for n in range(row, min(row + 16, len(head)), 4))
            sheet.centred(f"Head {groups}" if row == 0 else groups)


def _report(sheet: _Sheet, paper: ReportPaper) -> None:
    sheet.centred(paper.title, Size.BIG, bold=True)
    sheet.blank()
    if paper.number:
        sheet.pair("Number", paper.number)
    for label, value in paper.facts:
        sheet.pair(label, clean(value))
    for section in paper.sections:
        _section(sheet, section)
    if paper.sign:
        for who in paper.sign:
            sheet.blank()
            sheet.blank()
            sheet.pair(who, "_" * (sheet.columns - len(who) - 1))
    sheet.rule()
    _chain_head(sheet, paper.head)
    if paper.number:
        sheet.rows.append(BarcodeRow(paper.number, sheet.columns))


def _section(sheet: _Sheet, section: Section) -> None:
    sheet.rule()
    if section.title:
        sheet.text(Cell(section.title, 0, sheet.columns), bold=True)
    for n, (label, value) in enumerate(section.rows):
        last = n == len(section.rows) - 1
        sheet.pair(label, value, bold=section.strong and last)
