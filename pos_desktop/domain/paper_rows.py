"""Rows of a paper: cells in a fixed number of columns, wrapped, aligned, never truncated; pure text.

A row keeps its cells, so that a printer gets a string of exact width and a painter may set the same cells
in a proportional font. Text from the database is cleaned of control and invisible characters here.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from pos_desktop.domain.money import MINUS, THIN_SPACE


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


def plain_money(text: str) -> str:
    """An amount in characters every printer has."""
    return text.replace(MINUS, "-").replace(THIN_SPACE, " ").replace("\u00a0", " ")


class Sheet:
    """Collects rows of one width."""

    def __init__(self, columns: int) -> None:
        if columns < 24:
            raise ValueError("paper needs at least 24 columns")
        self.columns = columns
        self.rows: list[Row] = []

    def wrap(self, text: str, width: int) -> list[str]:
        """Clean text in rows of at most ``width`` characters."""
        return textwrap.wrap(clean(text), max(1, width), break_on_hyphens=False)

    def text(self, *cells: Cell, size: Size = Size.NORMAL, bold: bool = False) -> None:
        """A row of cells."""
        self.rows.append(TextRow(cells, self.columns, size, bold))

    def blank(self) -> None:
        """An empty row."""
        self.text()

    def rule(self, char: str = "-") -> None:
        """A line across."""
        self.rows.append(RuleRow(self.columns, char))

    def centred(self, text: str, size: Size = Size.NORMAL, bold: bool = False) -> None:
        """Text in the middle, in as few rows as it needs."""
        width = self.columns // size.across * size.across
        for part in self._balanced(text, width // size.across):
            self.text(Cell(part, 0, width, Align.CENTRE), size=size, bold=bold)

    def left(self, text: str, bold: bool = False) -> None:
        """Text from the left edge, wrapped."""
        for part in self.wrap(text, self.columns):
            self.text(Cell(part, 0, self.columns), bold=bold)

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
        right = plain_money(right)
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
